-- One row per key: the statement that stands for it, as latest has it, without its sentence.
-- needs: latest_choice, standing_observation
--
-- What the views are built on that compare what stands for each key.
create or replace view standing_latest as
with final as (
    select
        o.*,
        c.published_on,
        c.publisher,
        c.statements,
        c.publishers,
        c.lowest,
        c.highest
    from latest_choice as c
    inner join standing_observation as o on c.observation_id = o.observation_id and c.port = o.port
    where o.confidence is not null  -- standing_observation says why
)
select * from final;
comment on view standing_latest is 'One statement for each key, as latest has it; what the views are built on that compare keys.';
comment on column standing_latest.port is 'Reporting place.';
comment on column standing_latest.partner is 'Counterpart of a trade or a route.';
comment on column standing_latest.metric is 'What is counted.';
comment on column standing_latest.measure is 'What the number says of the metric.';
comment on column standing_latest.value is 'The number in base units, exact.';
comment on column standing_latest.low is 'Lower end of what the wording supports; null is unbounded.';
comment on column standing_latest.high is 'Upper end of what the wording supports; null is unbounded.';
comment on column standing_latest.unit is 'Unit of value, low and high.';
comment on column standing_latest.qualifier is 'How the words bound the number.';
comment on column standing_latest.period_start is 'First day of the period; null where the text does not say.';
comment on column standing_latest.period_end is 'Last day of the period, inclusive.';
comment on column standing_latest.days is 'Days in the period; null where an end is not known.';
comment on column standing_latest.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column standing_latest.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column standing_latest.mode is 'Mode of transport.';
comment on column standing_latest.service is 'Which trains are counted.';
comment on column standing_latest.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column standing_latest.nature is 'actual, plan or capacity.';
comment on column standing_latest.reporter is 'Who says so, where the text tells.';
comment on column standing_latest.whole is 'For a share: the place that it is a share of.';
comment on column standing_latest.relates_to is 'The figure that a change, share or lead qualifies.';
comment on column standing_latest.confidence is '0 to 1.';
comment on column standing_latest.observation_id is 'The observation; joins to provenance.';
comment on column standing_latest.figure_id is 'The figure that it was read from.';
comment on column standing_latest.article_id is 'The article.';
comment on column standing_latest.alike is 'One number for port, partner, metric, direction, mode, service and breakdown: equal where all of them are.';
comment on column standing_latest.published_on is 'Day the article came out.';
comment on column standing_latest.publisher is 'Who published it.';
comment on column standing_latest.statements is 'Statements of this key in the book.';
comment on column standing_latest.publishers is 'Publishers that state this key.';
comment on column standing_latest.lowest is 'Smallest value that any of them states.';
comment on column standing_latest.highest is 'Greatest value that any of them states.';
