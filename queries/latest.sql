-- One row per key: a series (port, partner, metric, measure, scope, direction, mode, service, breakdown, nature, unit, whole) and a period.
-- needs: standing_latest
--
-- Several articles often state one key. The row shown is the statement published last, then
-- the one with the narrower interval, then the value that more publishers state, then the
-- smaller observation_id. The others are not lost: `statements`, `lowest` and `highest` say
-- that they exist, and current_observation has them.
create or replace view latest as
with final as (
    select
        o.* exclude (statements, publishers, lowest, highest, alike),
        f.sentence_start,
        f.sentence_end,
        o.statements,
        o.publishers,
        o.lowest,
        o.highest
    from standing_latest as o
    inner join figure as f on o.figure_id = f.figure_id
)
select * from final;
comment on view latest is 'One statement for each key: published last, then narrower, then stated by more publishers.';
comment on column latest.port is 'Reporting place.';
comment on column latest.partner is 'Counterpart of a trade or a route.';
comment on column latest.metric is 'What is counted.';
comment on column latest.measure is 'What the number says of the metric.';
comment on column latest.value is 'The number in base units, exact.';
comment on column latest.low is 'Lower end of what the wording supports; null is unbounded.';
comment on column latest.high is 'Upper end of what the wording supports; null is unbounded.';
comment on column latest.unit is 'Unit of value, low and high.';
comment on column latest.qualifier is 'How the words bound the number.';
comment on column latest.period_start is 'First day of the period; null where the text does not say.';
comment on column latest.period_end is 'Last day of the period, inclusive.';
comment on column latest.days is 'Days in the period; null where an end is not known.';
comment on column latest.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column latest.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column latest.mode is 'Mode of transport.';
comment on column latest.service is 'Which trains are counted.';
comment on column latest.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column latest.nature is 'actual, plan or capacity.';
comment on column latest.reporter is 'Who says so, where the text tells.';
comment on column latest.whole is 'For a share: the place that it is a share of.';
comment on column latest.relates_to is 'The figure that a change, share or lead qualifies.';
comment on column latest.confidence is '0 to 1.';
comment on column latest.observation_id is 'The observation; joins to provenance.';
comment on column latest.figure_id is 'The figure that it was read from.';
comment on column latest.article_id is 'The article.';
comment on column latest.published_on is 'Day the article came out.';
comment on column latest.publisher is 'Who published it.';
comment on column latest.sentence_start is 'First code point of the sentence in article.text.';
comment on column latest.sentence_end is 'One past its last code point.';
comment on column latest.statements is 'Statements of this key in the book.';
comment on column latest.publishers is 'Publishers that state this key.';
comment on column latest.lowest is 'Smallest value that any of them states.';
comment on column latest.highest is 'Greatest value that any of them states.';
