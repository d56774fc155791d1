-- From layout 1 to 2: which extractor read each article and when, what people corrected, which ratios are plausible, and monthly series.
comment on column run.command is 'The command that ran: run, add, reextract, correct, reject or undo.';
comment on column run.duplicate is 'Articles offered that the book, or this run, already had; of reextract, those read again.';

create table reading (
    article_id     varchar not null references article (article_id),
    run_id         integer not null references run (run_id),
    extractor      varchar not null,
    lang           varchar not null,
    published_on   date,
    published_inferred boolean not null,
    superseded_run integer,
    primary key (article_id, run_id)
);
comment on table reading is 'One row per article and extractor that read it; where the figures came out the same, they are kept as they were.';
comment on column reading.article_id is 'The article.';
comment on column reading.run_id is 'The run that read it.';
comment on column reading.extractor is 'Version of program and lexicon that read it.';
comment on column reading.lang is 'Language that this reading told.';
comment on column reading.published_on is 'Day against which this reading resolved periods.';
comment on column reading.published_inferred is 'True where that day was inferred from the text.';
comment on column reading.superseded_run is 'The run whose newer extractor read the article again; null while current.';

create table correction (
    correction_id integer not null check (correction_id > 0),
    field         varchar not null check (field in (
        'rejected', 'port', 'partner', 'metric', 'measure', 'value', 'unit', 'qualifier', 'low', 'high',
        'period_start', 'period_end', 'scope', 'direction', 'mode', 'service', 'breakdown', 'nature',
        'reporter', 'whole')),
    article_id    varchar not null references article (article_id),
    span_start    integer not null check (span_start >= 0),
    span_end      integer not null,
    old           varchar,
    new           varchar,
    who           varchar not null check (who <> ''),
    why           varchar not null check (why <> ''),
    recorded_run  integer not null references run (run_id),
    undone_run    integer,
    undone_by     varchar,
    primary key (correction_id, field),
    check (span_end > span_start),
    check ((undone_run is null) = (undone_by is null))
);
comment on table correction is 'One row per field that a person corrected; it holds for the figure at that place of the article, whoever reads it.';
comment on column correction.correction_id is 'Number of the correction, from 1; `tallybook undo` takes it.';
comment on column correction.field is 'Column of observation that is corrected; rejected where the observation is none.';
comment on column correction.article_id is 'The article.';
comment on column correction.span_start is 'First code point of the figure in article.text; the correction holds for the figure that starts there.';
comment on column correction.span_end is 'One past its last code point when it was corrected.';
comment on column correction.old is 'What stood before, as text; null is none.';
comment on column correction.new is 'What stands now, as text; null is none.';
comment on column correction.who is 'Who corrected it.';
comment on column correction.why is 'Why.';
comment on column correction.recorded_run is 'The run that stored it, and so when.';
comment on column correction.undone_run is 'The run that undid it; null while it holds.';
comment on column correction.undone_by is 'Who undid it.';

create table band (
    band         varchar primary key,
    over_metric  varchar not null,
    over_unit    varchar not null,
    under_metric varchar not null,
    under_unit   varchar not null,
    unit         varchar not null,
    least        decimal(38, 10) not null check (least > 0),
    most         decimal(38, 10) not null,
    basis        varchar not null,
    source       varchar not null,
    check (most > least)
);
comment on table band is 'One row per ratio of two metrics and unit: the range in which it is plausible (data/bands.csv).';
comment on column band.band is 'Key of the band.';
comment on column band.over_metric is 'What is divided.';
comment on column band.over_unit is 'Its unit.';
comment on column band.under_metric is 'What it is divided by.';
comment on column band.under_unit is 'Its unit.';
comment on column band.unit is 'Unit of the ratio, in words.';
comment on column band.least is 'Lower end of the plausible range.';
comment on column band.most is 'Upper end of the plausible range.';
comment on column band.basis is 'Why the ends are where they are.';
comment on column band.source is 'Standard or document behind it, or that it is the project''s own estimate.';

create table series (
    series_id   varchar not null,
    port        varchar not null,
    metric      varchar not null,
    unit        varchar not null,
    partner     varchar,
    scope       varchar not null,
    direction   varchar,
    mode        varchar,
    service     varchar,
    breakdown   varchar,
    nature      varchar not null,
    claims      integer not null,
    fingerprint varchar not null
);
comment on table series is 'One row per monthly series: what its claims have alike. Filled by each run that changes the book.';
comment on column series.series_id is 'Key: 16 hex digits over the columns that follow, up to nature.';
comment on column series.port is 'Reporting place.';
comment on column series.metric is 'What is counted.';
comment on column series.unit is 'Unit of its numbers.';
comment on column series.partner is 'Counterpart of a trade or a route.';
comment on column series.scope is 'Whose figure: the place as a whole, a company, one route.';
comment on column series.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column series.mode is 'Mode of transport.';
comment on column series.service is 'Which trains are counted.';
comment on column series.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column series.nature is 'actual or plan.';
comment on column series.claims is 'How many claims the series was made of; the view series_fact has them.';
comment on column series.fingerprint is 'Hash of the claims and the rules: the series is made anew where it changed.';

create table series_month (
    series_id            varchar not null,
    period_start         date not null,
    period_end           date not null,
    estimate             double,
    low                  decimal(38, 10) not null,
    high                 decimal(38, 10),
    low_observation_ids  varchar[] not null,
    high_observation_ids varchar[] not null,
    check (high >= low)
);
comment on table series_month is 'One row per series and month that its claims speak of.';
comment on column series_month.series_id is 'The series.';
comment on column series_month.period_start is 'First day of the month.';
comment on column series_month.period_end is 'Last day of the month.';
comment on column series_month.estimate is 'A value that fits all claims that stand at once; null where they do not speak of all its days.';
comment on column series_month.low is 'Least that the claims allow.';
comment on column series_month.high is 'Most that the claims allow; null is unbounded.';
comment on column series_month.low_observation_ids is 'Observations that prove low; none where it is only that nothing is below zero.';
comment on column series_month.high_observation_ids is 'Observations that prove high.';

create table series_slip (
    series_id               varchar not null,
    measure                 varchar not null,
    of_measure              varchar,
    period_start            date,
    period_end              date not null,
    base_start              date,
    base_end                date,
    value                   decimal(38, 10) not null,
    low                     decimal(38, 10),
    high                    decimal(38, 10),
    allowed_low             double,
    allowed_high            double,
    gap                     double not null,
    observation_ids         varchar[] not null,
    against_observation_ids varchar[] not null
);
comment on table series_slip is 'One row per claim that cannot be true beside others that are trusted more, and was left out of its series.';
comment on column series_slip.series_id is 'The series.';
comment on column series_slip.measure is 'What the claim says: as in series_fact.';
comment on column series_slip.of_measure is 'Of a change the measure of the level, of a share part or whole: as in series_fact.';
comment on column series_slip.period_start is 'First day that the claim speaks of; null since the beginning.';
comment on column series_slip.period_end is 'Last day that the claim speaks of.';
comment on column series_slip.base_start is 'First day of the period that a change is measured against.';
comment on column series_slip.base_end is 'Last day of it.';
comment on column series_slip.value is 'The number of the claim, in its own terms: growth in percent, a mean by day, week or month.';
comment on column series_slip.low is 'Lower end of it; null is unbounded.';
comment on column series_slip.high is 'Upper end of it; null is unbounded.';
comment on column series_slip.allowed_low is 'Least that the claims that stand leave for it, in the same terms.';
comment on column series_slip.allowed_high is 'Most that they leave for it; null is unbounded.';
comment on column series_slip.gap is 'How far its interval is from what they leave for it.';
comment on column series_slip.observation_ids is 'The observations that make the claim; each joins to provenance.';
comment on column series_slip.against_observation_ids is 'Observations that it cannot be true beside.';

create table series_claim (
    series_id       varchar not null,
    port            varchar not null,
    metric          varchar not null,
    measure         varchar not null,
    of_measure      varchar,
    period_start    date,
    period_end      date not null,
    base_start      date,
    base_end        date,
    value           decimal(38, 10) not null,
    low             decimal(38, 10),
    high            decimal(38, 10),
    unit            varchar not null,
    partner         varchar,
    scope           varchar not null,
    direction       varchar,
    mode            varchar,
    service         varchar,
    breakdown       varchar,
    nature          varchar not null,
    published_on    date,
    publishers      bigint not null,
    is_official     boolean not null,
    confidence      double not null,
    observation_ids varchar[] not null
);
comment on table series_claim is 'One row per claim that the monthly series were made of: the rows of the view series_fact, kept so that a run gathers only those that it touched.';
comment on column series_claim.series_id is 'The series.';
comment on column series_claim.port is 'Reporting place.';
comment on column series_claim.metric is 'What is counted.';
comment on column series_claim.measure is 'What the claim says: total, a mean, daily_max, yoy_pct, yoy_abs, mom_pct, lead_days or share_pct.';
comment on column series_claim.of_measure is 'Of a change the measure of the level that changed, null where it is not told; of a share whether part or whole is bounded.';
comment on column series_claim.period_start is 'First day that the claim speaks of; null since the beginning.';
comment on column series_claim.period_end is 'Last day that the claim speaks of.';
comment on column series_claim.base_start is 'First day of the period that a change is measured against.';
comment on column series_claim.base_end is 'Last day of it.';
comment on column series_claim.value is 'The number: of a mean by day, week or month, of growth in percent, else in the unit.';
comment on column series_claim.low is 'Lower end of it; null is unbounded.';
comment on column series_claim.high is 'Upper end of it; null is unbounded.';
comment on column series_claim.unit is 'Unit of the series.';
comment on column series_claim.partner is 'Counterpart of a trade or a route.';
comment on column series_claim.scope is 'Whose figure: the place as a whole, a company, one route.';
comment on column series_claim.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column series_claim.mode is 'Mode of transport.';
comment on column series_claim.service is 'Which trains are counted.';
comment on column series_claim.breakdown is 'What is counted where it is narrower than the metric; null for all.';
comment on column series_claim.nature is 'actual or plan.';
comment on column series_claim.published_on is 'Last day that somebody published it.';
comment on column series_claim.publishers is 'How many publishers state it.';
comment on column series_claim.is_official is 'True where an official table states it.';
comment on column series_claim.confidence is 'Confidence of the surest reading, 0 to 1.';
comment on column series_claim.observation_ids is 'The observations that make the claim; each joins to provenance.';

create table series_state (
    run_id integer not null,
    rules  varchar not null
);
comment on table series_state is 'One row: up to which run the claims of the monthly series are gathered.';
comment on column series_state.run_id is 'The last run whose figures are in series_claim.';
comment on column series_state.rules is 'Hash of the views and metrics that they were gathered with; with others all are gathered anew.';

insert into reading (article_id, run_id, extractor, lang, published_on, published_inferred)
select a.article_id, a.recorded_run, r.extractor, a.lang, a.published_on, a.published_inferred
from article as a
inner join run as r on a.recorded_run = r.run_id;
