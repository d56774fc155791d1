-- The tally book's tables. Applied to an empty DuckDB file by `tallybook run`; opened later
-- with any DuckDB >= 1.5.5, with no extension. Spans count Unicode code points of
-- article.text, half open, from 0. Intervals are closed; a null bound is unbounded.
-- Clocks live in `run` alone, so every other table depends on its input only.

create table book (
    schema_version integer primary key,
    note           varchar not null,
    shape          varchar
);
comment on table book is 'One row: the version of this layout, checked before a job writes.';
comment on column book.schema_version is 'Version of schema.sql that made or migrated this file.';
comment on column book.note is 'What the version is, for people.';
comment on column book.shape is 'Hash of the views, gazetteer and metric list that this file holds.';
insert into book values (2, 'readings and corrections', null);

create table run (
    run_id            integer primary key,
    started_at        timestamp not null,
    finished_at       timestamp,
    command           varchar not null,
    extractor         varchar not null,
    offered           integer not null check (offered >= 0),
    loaded            integer not null check (loaded >= 0),
    duplicate         integer not null check (duplicate >= 0),
    rejected          integer not null check (rejected >= 0),
    figures           integer not null check (figures >= 0),
    observations      integer not null check (observations >= 0),
    unkeyed           integer not null check (unkeyed >= 0),
    check (loaded + duplicate + rejected = offered),
    check (observations + unkeyed = figures)
);
comment on table run is 'One row per job that changed the book, with counts that add up; the only table with clocks.';
comment on column run.run_id is 'Number of the run, from 1.';
comment on column run.started_at is 'When the run started, UTC.';
comment on column run.finished_at is 'When its rows were complete in staging, UTC.';
comment on column run.command is 'The command that ran: run, add, reextract, correct, reject or undo.';
comment on column run.extractor is 'Version of program and lexicon that read the articles.';
comment on column run.offered is 'Articles that the sources offered.';
comment on column run.loaded is 'Articles stored by this run.';
comment on column run.duplicate is 'Articles offered that the book, or this run, already had; of reextract, those read again.';
comment on column run.rejected is 'Inputs that could not be read; each has a row in rejection.';
comment on column run.figures is 'Figures stored by this run.';
comment on column run.observations is 'Of those, keyed ones.';
comment on column run.unkeyed is 'Of those, unkeyed ones; observations + unkeyed = figures.';

create table rejection (
    run_id  integer not null references run (run_id),
    source  varchar not null,
    message varchar not null,
    times   integer not null check (times > 0),
    primary key (run_id, source, message)
);
comment on table rejection is 'One row per input that a run could not read.';
comment on column rejection.run_id is 'The run that met it.';
comment on column rejection.source is 'File or URL; for one line of a file, file:line.';
comment on column rejection.message is 'What is wrong and what to do, one line.';
comment on column rejection.times is 'How often the run met it; over a run they add up to run.rejected.';

create table port (
    slug         varchar primary key check (regexp_full_match(slug, '[a-z0-9][a-z0-9_-]*')),
    unlocode     varchar check (unlocode is null or regexp_full_match(unlocode, '[A-Z]{2}[A-Z2-9]{3}')),
    name_en      varchar not null,
    name_zh_hans varchar,
    name_zh_hant varchar,
    name_ru      varchar,
    aliases      varchar,
    kind         varchar not null check (kind in (
        'rail', 'road', 'sea', 'air', 'inland_hub', 'customs_district', 'country', 'region')),
    country      varchar check (country is null or length(country) = 2),
    parent       varchar,
    customs_code varchar,
    lat          double check (lat between -90 and 90),
    lon          double check (lon between -180 and 180),
    source       varchar,
    note         varchar
);
comment on table port is 'The gazetteer: one row per reporting place (port, hub, airport, customs district, region, country).';
comment on column port.slug is 'Key of the place: a-z, 0-9, - and _, as it becomes the name of a folder; a province is its ISO 3166-2 code.';
comment on column port.unlocode is 'UN/LOCODE, where one is attested.';
comment on column port.name_en is 'English name.';
comment on column port.name_zh_hans is 'Simplified Chinese name.';
comment on column port.name_zh_hant is 'Traditional Chinese name.';
comment on column port.name_ru is 'Russian name.';
comment on column port.aliases is 'Other spellings, parted by |.';
comment on column port.kind is 'What sort of place it is.';
comment on column port.country is 'ISO 3166-1 alpha-2 code.';
comment on column port.parent is 'The place whose statistics contain this one''s; a slug of this table, as the audit checks (a foreign key would forbid to correct it).';
comment on column port.customs_code is 'Chinese customs district code, where it has one.';
comment on column port.lat is 'Latitude, degrees north.';
comment on column port.lon is 'Longitude, degrees east.';
comment on column port.source is 'Where the row''s facts are attested.';
comment on column port.note is 'Traps and homonyms.';

create table metric (
    metric      varchar primary key,
    name_en     varchar not null,
    definition  varchar not null,
    unit        varchar,
    units       varchar,
    flow        varchar not null check (flow in ('flow', 'stock', 'rate', 'duration', 'price')),
    pitfalls    varchar,
    basis       varchar
);
comment on table metric is 'One row per metric that a figure can be keyed to.';
comment on column metric.metric is 'Id of the metric.';
comment on column metric.name_en is 'Name for people.';
comment on column metric.definition is 'What is counted.';
comment on column metric.unit is 'Base unit of its levels; null where it varies (money, time).';
comment on column metric.units is 'Units that its levels may have, parted by |; money is any ISO 4217 currency, time is day, hour or minute.';
comment on column metric.flow is 'flow adds up over time, stock is a level at a date; rate, duration and price do neither.';
comment on column metric.pitfalls is 'What it is often confused with.';
comment on column metric.basis is 'The standard or source of the definition.';

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

create table article (
    article_id   varchar primary key check (length(article_id) = 16),
    name         varchar not null,
    title        varchar,
    text         varchar not null,
    lang         varchar not null,
    publisher    varchar,
    url          varchar,
    published_on date,
    published_inferred boolean not null,
    content_hash varchar not null check (length(content_hash) = 64),
    recorded_run integer not null references run (run_id)
);
comment on table article is 'One row per article, its words kept as they were read.';
comment on column article.article_id is 'Key: 16 hex digits over content, publication date, publisher and URL.';
comment on column article.name is 'The id that the source gave, or the file''s name without its suffix.';
comment on column article.title is 'Headline, where the source has it apart from the text.';
comment on column article.text is 'Body as decoded; spans count its code points.';
comment on column article.lang is 'Language of the text: zh-hans, zh-hant, en, ru, or und.';
comment on column article.publisher is 'Who published it.';
comment on column article.url is 'Where it was published.';
comment on column article.published_on is 'Day it became known; periods are resolved against it.';
comment on column article.published_inferred is 'True where published_on is the latest past date that the text tells of, not stated by the source.';
comment on column article.content_hash is 'SHA-256 of title and text: equal for syndicated copies.';
comment on column article.recorded_run is 'The run that stored it.';

create table figure (
    figure_id      varchar primary key,
    article_id     varchar not null references article (article_id),
    span_start     integer not null check (span_start >= 0),
    span_end       integer not null,
    text           varchar not null,
    sentence_start integer not null,
    sentence_end   integer not null,
    status         varchar not null check (status in ('observation', 'unkeyed')),
    reason         varchar check (reason in (
        'headline', 'date', 'clock', 'ordinal', 'identifier', 'regime',
        'no_metric', 'no_port', 'no_period', 'ambiguous')),
    missing        varchar,
    extractor      varchar not null,
    recorded_run   integer not null references run (run_id),
    superseded_run integer,
    check (span_end > span_start),
    check (sentence_start <= span_start and sentence_end >= span_end),
    check ((status = 'unkeyed') = (reason is not null))
);
comment on table figure is 'One row per number of an article and reading of it; keyed + unkeyed = all numbers in the text.';
comment on column figure.figure_id is 'Key: article, span and reading.';
comment on column figure.article_id is 'The article.';
comment on column figure.span_start is 'First code point of the figure in article.text.';
comment on column figure.span_end is 'One past its last code point.';
comment on column figure.text is 'Exactly article.text[span_start:span_end].';
comment on column figure.sentence_start is 'Start of the sentence around it.';
comment on column figure.sentence_end is 'End of the sentence around it.';
comment on column figure.status is 'observation or unkeyed.';
comment on column figure.reason is 'Why it is unkeyed.';
comment on column figure.missing is 'What would have keyed it, in words.';
comment on column figure.extractor is 'Version of program and lexicon that read it.';
comment on column figure.recorded_run is 'The run that stored it.';
comment on column figure.superseded_run is 'The run whose newer extractor replaced this reading; null while current.';

create table observation (
    observation_id varchar primary key,
    figure_id      varchar not null references figure (figure_id),
    article_id     varchar not null references article (article_id),
    port           varchar not null references port (slug),
    partner        varchar,
    metric         varchar not null references metric (metric),
    measure        varchar not null check (measure in (
        'total', 'daily_mean', 'daily_max', 'weekly_mean', 'monthly_mean', 'level', 'single',
        'yoy_pct', 'yoy_abs', 'mom_pct', 'change_pct', 'change_abs', 'share_pct', 'lead_days',
        'minimum', 'maximum', 'mean', 'rank')),
    value          decimal(38, 10) not null,
    unit           varchar not null,
    qualifier      varchar not null check (qualifier in ('=', '~', '>', '>=', '<', '<=', 'range')),
    low            decimal(38, 10),
    high           decimal(38, 10),
    period_start   date,
    period_end     date,
    scope          varchar not null check (scope in ('port', 'company', 'shipment', 'route')),
    direction      varchar check (direction in ('export', 'import', 'both')),
    mode           varchar check (mode in ('rail', 'road', 'sea', 'air')),
    service        varchar check (service in ('china_europe', 'central_asia', 'china_europe_central_asia', 'other')),
    breakdown      varchar,
    nature         varchar not null check (nature in ('actual', 'plan', 'capacity')),
    reporter       varchar check (reporter in ('customs', 'railway', 'port', 'government', 'company')),
    whole          varchar,
    relates_to     varchar,
    confidence     double not null check (confidence between 0 and 1),
    evidence       varchar not null,
    check (low is null or low <= value),
    check (high is null or high >= value),
    check (period_start is null or period_end is null or period_start <= period_end)
);
comment on table observation is 'One row per keyed figure: the value, its interval and its key (docs/observation.md).';
comment on column observation.observation_id is 'Key: the figure and the observation''s number in it.';
comment on column observation.figure_id is 'The figure, and so the sentence, that it cites.';
comment on column observation.article_id is 'The article, repeated here for joins.';
comment on column observation.port is 'Reporting place.';
comment on column observation.partner is 'Counterpart of a trade or a route: a slug, or the name as written.';
comment on column observation.metric is 'What is counted.';
comment on column observation.measure is 'What the number says of the metric.';
comment on column observation.value is 'The number in base units; growth and shares in percent.';
comment on column observation.unit is 'Unit of value: train, teu, tonne, parcel, %, pp, day, or an ISO 4217 currency.';
comment on column observation.qualifier is 'How the words bound the number.';
comment on column observation.low is 'Lower end of what the wording supports; null is unbounded.';
comment on column observation.high is 'Upper end of what the wording supports; null is unbounded.';
comment on column observation.period_start is 'First day of the period; null where the text does not say.';
comment on column observation.period_end is 'Last day of the period, inclusive.';
comment on column observation.scope is 'Whose figure: the place as a whole, a company, one shipment, one route.';
comment on column observation.direction is 'export is outbound, import inbound; null where the text does not say.';
comment on column observation.mode is 'Mode of transport.';
comment on column observation.service is 'Which trains are counted.';
comment on column observation.breakdown is 'What is counted where it is narrower than the metric, as named; null for all.';
comment on column observation.nature is 'actual, plan or capacity.';
comment on column observation.reporter is 'Who says so, where the text tells.';
comment on column observation.whole is 'For a share: the place that it is a share of.';
comment on column observation.relates_to is 'The figure that a change, share or lead qualifies.';
comment on column observation.confidence is '0 to 1.';
comment on column observation.evidence is 'JSON list: the words that decided each part of the key, with spans and rule.';

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
