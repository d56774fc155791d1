-- From layout 1 to 2: which extractor read each article and when, what people corrected, and which ratios are plausible.
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

insert into reading (article_id, run_id, extractor, lang, published_on, published_inferred)
select a.article_id, a.recorded_run, r.extractor, a.lang, a.published_on, a.published_inferred
from article as a
inner join run as r on a.recorded_run = r.run_id;
