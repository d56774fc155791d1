-- One row per key and release: a day on which articles stated another value than was known before.
-- needs: current_observation
--
-- A key is the series and period of `latest`. What is known on a day is chosen as there: narrower,
-- then stated by more publishers, then the smaller id. A day that repeats the value known is no
-- release. A value whose interval meets the one before is the same count in other words
-- (1,482, "about 1,500") and no revision. Single shipments and figures with no known period have
-- no key that two articles could share, undated articles no day. Readings of an older extractor
-- are no releases: a better reading is not a revision by the source.
create or replace view revisions as
with supported as (
    select
        *,
        count(distinct publisher) over (
            partition by
                port, partner, metric, measure, scope, direction, mode, service, breakdown, nature, unit,
                whole, period_start, period_end, published_on, value
        ) as supporters
    from current_observation
    where published_on is not null and period_end is not null and scope <> 'shipment' and measure <> 'single'
),
known as (
    select *
    from supported
    qualify
        row_number() over (
            partition by
                port, partner, metric, measure, scope, direction, mode, service, breakdown, nature, unit,
                whole, period_start, period_end, published_on
            order by high - low asc nulls last, supporters desc, observation_id asc
        ) = 1
),
changed as (
    select *
    from known
    qualify
        value is distinct from lag(value) over (
            partition by
                port, partner, metric, measure, scope, direction, mode, service, breakdown, nature, unit,
                whole, period_start, period_end
            order by published_on
        )
),
numbered as (
    select
        *,
        row_number() over same_key as release,
        count(*) over same_key_whole as releases,
        first_value(value) over same_key as first_stated,
        first_value(published_on) over same_key as first_published_on,
        lag(value) over same_key as previous_value,
        lag(low) over same_key as previous_low,
        lag(high) over same_key as previous_high,
        lag(published_on) over same_key as previous_published_on,
        lag(observation_id) over same_key as previous_observation_id
    from changed
    window
        same_key as (
            partition by
                port, partner, metric, measure, scope, direction, mode, service, breakdown, nature, unit,
                whole, period_start, period_end
            order by published_on
        ),
        same_key_whole as (
            partition by
                port, partner, metric, measure, scope, direction, mode, service, breakdown, nature, unit,
                whole, period_start, period_end
        )
),
final as (
    select
        port,
        metric,
        measure,
        period_start,
        period_end,
        release,
        releases,
        release = releases as is_latest,
        case
            when release = 1 then 'first'
            when coalesce(low > previous_high, false) or coalesce(high < previous_low, false) then 'revised'
            else 'reworded'
        end as kind,
        published_on,
        value,
        unit,
        value - previous_value as revision,
        100 * cast(value - previous_value as double) / nullif(abs(cast(previous_value as double)), 0)
            as revision_pct,
        value - first_stated as revision_since_first,
        published_on - previous_published_on as days_since_previous,
        published_on - first_published_on as days_since_first,
        published_on - period_end as days_after_period,
        previous_value,
        first_stated as first_value,
        low,
        high,
        partner,
        scope,
        direction,
        mode,
        service,
        breakdown,
        nature,
        whole,
        publisher,
        observation_id,
        previous_observation_id
    from numbered
)
select * from final;
comment on view revisions is 'Each key''s values through time: release, size of the revision, days between.';
comment on column revisions.port is 'Reporting place.';
comment on column revisions.metric is 'What is counted.';
comment on column revisions.measure is 'What the number says of the metric.';
comment on column revisions.period_start is 'First day of the period; null where the text does not say.';
comment on column revisions.period_end is 'Last day of the period, inclusive.';
comment on column revisions.release is 'Number of the release, from 1.';
comment on column revisions.releases is 'Releases of this key.';
comment on column revisions.is_latest is 'True for the last release.';
comment on column revisions.kind is 'first; revised where the interval cannot meet the one before; reworded where it can.';
comment on column revisions.published_on is 'Day of the release: when this value was first stated after the one before.';
comment on column revisions.value is 'The value stated, in unit.';
comment on column revisions.unit is 'Unit of all values of the row.';
comment on column revisions.revision is 'Value less the one before; null for the first.';
comment on column revisions.revision_pct is 'The same in percent of the one before.';
comment on column revisions.revision_since_first is 'Value less the first one.';
comment on column revisions.days_since_previous is 'Days from the release before.';
comment on column revisions.days_since_first is 'Days from the first release.';
comment on column revisions.days_after_period is 'Days from the end of the period to the release.';
comment on column revisions.previous_value is 'Value of the release before.';
comment on column revisions.first_value is 'Value of the first release.';
comment on column revisions.low is 'Lower end of what the wording supports; null is unbounded.';
comment on column revisions.high is 'Upper end of what the wording supports; null is unbounded.';
comment on column revisions.partner is 'Counterpart of a trade or a route.';
comment on column revisions.scope is 'Whose figure: the place as a whole, a company, one route.';
comment on column revisions.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column revisions.mode is 'Mode of transport.';
comment on column revisions.service is 'Which trains are counted.';
comment on column revisions.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column revisions.nature is 'actual, plan or capacity.';
comment on column revisions.whole is 'For a share: the place that it is a share of.';
comment on column revisions.publisher is 'Publisher of the statement shown.';
comment on column revisions.observation_id is 'The statement shown; joins to provenance.';
comment on column revisions.previous_observation_id is 'The statement of the release before.';
