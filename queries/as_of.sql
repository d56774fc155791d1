-- One row per keyed figure of the articles published up to a day, as current_observation gives it.
-- needs: current_observation
--
-- `from as_of('2025-05-01')` is what current_observation of a book says that holds only the
-- articles published up to that day. The newest extractor reads them, and corrections by people
-- hold: both mend the reading, not the source. An inferred day of publication counts as a stated
-- one; an article with none is known at no day.
-- noqa: disable=all
create or replace macro as_of(day) as table
with final as (
    select *
    from current_observation
    where published_on <= cast(day as date)
)
select * from final;
comment on macro table as_of is 'What current_observation of a book says that holds only the articles published up to a day.';
