-- One row per source that went quiet: no article up to a day for far longer than ever before.
--
-- `from quiet_sources('2025-09-01', 8, 3)`: publishers (where an article states none, the host of its
-- address) with articles of at least eight days, silent for more than three times their longest gap.
-- One that has been silent for twelve such gaps has ended, and is no longer reported.
-- noqa: disable=all
create or replace macro quiet_sources(day, articles, quiet) as table
with dated as (
    select
        coalesce(publisher, regexp_extract(url, '^\w+://([^/:?#]+)', 1)) as source,
        published_on,
        max(article_id) as article_id
    from article
    where published_on <= cast(day as date)
    group by 1, published_on
),
gapped as (
    select
        *,
        published_on - lag(published_on) over (partition by source order by published_on) as gap
    from dated
    where source <> ''
),
paced as (
    select
        source,
        count(*) as days_with_articles,
        median(gap) as usual_gap,
        max(gap) as longest_gap,
        max(published_on) as last_published_on,
        max_by(article_id, published_on) as last_article_id
    from gapped
    group by source
),
final as (
    select
        *,
        cast(day as date) - last_published_on as silent_days
    from paced
    where
        days_with_articles >= articles
        and cast(day as date) - last_published_on > quiet * longest_gap
        and cast(day as date) - last_published_on <= 12 * quiet * longest_gap
)
select * from final;
comment on macro table quiet_sources is 'Publishers without an article up to a day for many times their longest gap.';
