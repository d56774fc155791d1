-- One row per claim that was left out of its monthly series: it cannot be true beside others that are trusted more.
--
-- Which claim is left out is decided by data/series.toml; where two alike contradict each other, either could
-- be wrong, and `against_observation_ids` has the other.
create or replace view series_slips as
with final as (
    select
        s.port,
        s.metric,
        p.measure,
        p.period_start,
        p.period_end,
        p.value,
        p.low,
        p.high,
        p.allowed_low,
        p.allowed_high,
        p.gap,
        case
            when p.measure in ('yoy_pct', 'mom_pct') then '%'
            else s.unit
        end as claim_unit,
        s.unit,
        p.base_start,
        p.base_end,
        p.of_measure,
        s.partner,
        s.scope,
        s.direction,
        s.mode,
        s.service,
        s.breakdown,
        s.nature,
        s.series_id,
        p.observation_ids,
        p.against_observation_ids
    from series_slip as p
    inner join series as s on p.series_id = s.series_id
)
select * from final;
comment on view series_slips is 'Claims that monthly series were made without, as they contradict others that are trusted more.';
comment on column series_slips.port is 'Reporting place.';
comment on column series_slips.metric is 'What is counted.';
comment on column series_slips.measure is 'What the claim says: as in series_fact.';
comment on column series_slips.period_start is 'First day that the claim speaks of; null since the beginning.';
comment on column series_slips.period_end is 'Last day that the claim speaks of.';
comment on column series_slips.value is 'The number: of a mean by day, week or month, of growth in percent, else in the unit.';
comment on column series_slips.low is 'Lower end of it; null is unbounded.';
comment on column series_slips.high is 'Upper end of it; null is unbounded.';
comment on column series_slips.allowed_low is 'Least that the claims that stand leave for it, in the same terms.';
comment on column series_slips.allowed_high is 'Most that they leave for it; null is unbounded.';
comment on column series_slips.gap is 'How far its interval is from what they leave for it.';
comment on column series_slips.claim_unit is 'Unit of value, low, high and what is allowed.';
comment on column series_slips.unit is 'Unit of the series.';
comment on column series_slips.base_start is 'First day of the period that a change is measured against.';
comment on column series_slips.base_end is 'Last day of it.';
comment on column series_slips.of_measure is 'Of a change the measure of the level, of a share part or whole: as in series_fact.';
comment on column series_slips.partner is 'Counterpart of a trade or a route.';
comment on column series_slips.scope is 'Whose figure: the place as a whole, a company, one route.';
comment on column series_slips.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column series_slips.mode is 'Mode of transport.';
comment on column series_slips.service is 'Which trains are counted.';
comment on column series_slips.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column series_slips.nature is 'actual or plan.';
comment on column series_slips.series_id is 'The series.';
comment on column series_slips.observation_ids is 'The observations that make the claim; each joins to provenance.';
comment on column series_slips.against_observation_ids is 'Observations that it cannot be true beside.';
