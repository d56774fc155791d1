-- One row per keyed figure as the newest extractor reads it and people corrected it, with its article's date and publisher.
-- needs: standing_observation
--
-- Rules: standing_observation.
create or replace view current_observation as
with final as (
    select
        o.* exclude (alike),
        a.published_on,
        a.publisher,
        f.sentence_start,
        f.sentence_end
    from standing_observation as o
    inner join article as a on o.article_id = a.article_id
    inner join figure as f on o.figure_id = f.figure_id
)
select * from final;
comment on view current_observation is 'Every keyed figure as the newest extractor reads it and people corrected it.';
comment on column current_observation.port is 'Reporting place.';
comment on column current_observation.partner is 'Counterpart of a trade or a route.';
comment on column current_observation.metric is 'What is counted.';
comment on column current_observation.measure is 'What the number says of the metric.';
comment on column current_observation.value is 'The number in base units, exact.';
comment on column current_observation.low is 'Lower end of what the wording supports; null is unbounded.';
comment on column current_observation.high is 'Upper end of what the wording supports; null is unbounded.';
comment on column current_observation.unit is 'Unit of value, low and high.';
comment on column current_observation.qualifier is 'How the words bound the number.';
comment on column current_observation.period_start is 'First day of the period; null where the text does not say.';
comment on column current_observation.period_end is 'Last day of the period, inclusive.';
comment on column current_observation.days is 'Days in the period; null where an end is not known.';
comment on column current_observation.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column current_observation.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column current_observation.mode is 'Mode of transport.';
comment on column current_observation.service is 'Which trains are counted.';
comment on column current_observation.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column current_observation.nature is 'actual, plan or capacity.';
comment on column current_observation.reporter is 'Who says so, where the text tells.';
comment on column current_observation.whole is 'For a share: the place that it is a share of.';
comment on column current_observation.relates_to is 'The figure that a change, share or lead qualifies.';
comment on column current_observation.confidence is '0 to 1.';
comment on column current_observation.observation_id is 'The observation; joins to provenance.';
comment on column current_observation.figure_id is 'The figure that it was read from.';
comment on column current_observation.article_id is 'The article.';
comment on column current_observation.published_on is 'Day the article came out.';
comment on column current_observation.publisher is 'Who published it.';
comment on column current_observation.sentence_start is 'First code point of the sentence in article.text.';
comment on column current_observation.sentence_end is 'One past its last code point.';
