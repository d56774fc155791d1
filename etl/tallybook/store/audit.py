"""Audit: what must hold of the rows that a run stored, before anybody sees them.

Each check is one query that gives the rows that break it. Costs follow the run, not the book:
a check looks at the rows of one run, and the sums at all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from tallybook.errors import AuditError


@dataclass(frozen=True, slots=True)
class Check:
    """A rule in words, and the query whose every row breaks it; $run is the run's number."""

    name: str
    rule: str
    sql: str


CHECKS = (
    Check(
        "articles-add-up",
        "articles loaded + duplicate + rejected = articles offered, and each has its rows",
        """select run_id::varchar from run
           where run_id = $run and (loaded + duplicate + rejected <> offered
             or loaded <> (select count(*) from article where recorded_run = $run)
             or rejected <> (select coalesce(sum(times), 0) from rejection where run_id = $run))""",
    ),
    Check(
        "readings-add-up",
        "each article that a run read has one reading that stands, and the run read as many as it says",
        """select run_id::varchar from run
           where run_id = $run and command in ('run', 'add', 'reextract')
             and (select count(*) from reading where run_id = $run)
               <> loaded + if(command = 'reextract', duplicate, 0)
           union all
           select article_id from reading
           where article_id in (select article_id from reading where run_id = $run)
           group by article_id having count(*) filter (superseded_run is null) <> 1""",
    ),
    Check(
        "figures-add-up",
        "keyed + unkeyed figures = all figures of the run",
        """select run_id::varchar from run
           where run_id = $run and (observations + unkeyed <> figures
             or figures <> (select count(*) from figure where recorded_run = $run)
             or observations <> (select count(*) from observation o join figure f using (figure_id)
                                 where f.recorded_run = $run))""",
    ),
    Check(
        "references-are-met",
        "every figure has its article, and every observation its figure, article, place and metric",
        """select figure_id from figure f
           where f.recorded_run = $run and f.article_id not in (select article_id from article)
           union all
           select observation_id from observation o left join figure f using (figure_id)
           where coalesce(f.recorded_run, $run) = $run and (
             f.article_id is distinct from o.article_id
             or o.port not in (select slug from port)
             or o.metric not in (select metric from metric))""",
    ),
    Check(
        "spans-are-true",
        "a figure's text is the article's characters at its span, and lies in its sentence",
        """select figure_id from figure f join article a using (article_id)
           where f.recorded_run = $run
             and (f.text <> substring(a.text, f.span_start + 1, f.span_end - f.span_start)
               or f.span_start < f.sentence_start or f.span_end > f.sentence_end)""",
    ),
    Check(
        "figures-do-not-overlap",
        "no character of an article is in two figures of one reading",
        """select figure_id from (
             select figure_id, span_start,
               lag(span_end) over (partition by article_id, extractor order by span_start) as before_end
             from figure where recorded_run = $run)
           where before_end > span_start""",
    ),
    Check(
        "one-reading-stands",
        "no character of an article that a run read is in two figures that stand",
        """select figure_id from (
             select figure_id, span_start,
               lag(span_end) over (partition by article_id order by span_start) as before_end
             from figure where superseded_run is null
               and article_id in (select article_id from reading where run_id = $run))
           where before_end > span_start""",
    ),
    Check(
        "keyed-figures-have-one-observation",
        "an observation figure has an observation, an unkeyed one has none",
        """select f.figure_id from figure f left join observation o using (figure_id)
           where f.recorded_run = $run
           group by f.figure_id, f.status
           having (f.status = 'observation') <> (count(o.observation_id) > 0)""",
    ),
    Check(
        "intervals-hold-their-value",
        "low <= value <= high",
        """select observation_id from observation o join figure f using (figure_id)
           where f.recorded_run = $run and (o.low > o.value or o.high < o.value)""",
    ),
    Check(
        "units-fit",
        "an observation's unit is one that its metric and measure may have",
        """select observation_id
           from observation o join figure f using (figure_id) join metric m using (metric)
           where f.recorded_run = $run and not case
             when o.measure in ('yoy_pct', 'mom_pct', 'change_pct', 'share_pct') then o.unit in ('%', 'pp')
             when o.measure = 'lead_days' then o.unit = 'day'
             when o.measure = 'rank' then true
             when o.measure in ('yoy_abs', 'change_abs') and o.unit = 'pp' then true
             when m.units = 'money' then regexp_full_match(o.unit, '[A-Z]{3}')
             when m.units = 'time' then o.unit in ('day', 'hour', 'minute')
             else list_contains(string_split(coalesce(m.units, ''), '|'), o.unit) end""",
    ),
    Check(
        "evidence-is-true",
        "the words that decided a key are the article's characters at their span",
        """select distinct observation_id
           from (
             select o.observation_id, a.text, unnest(from_json(
               o.evidence, '[{"start": "INTEGER", "end": "INTEGER", "text": "VARCHAR"}]')) as e
             from observation o join figure f using (figure_id) join article a on a.article_id = o.article_id
             where f.recorded_run = $run)
           where e.text is distinct from substring(text, e.start + 1, e."end" - e.start)""",
    ),
    Check(
        "wholes-are-places",
        "a share's whole is a place of the gazetteer",
        """select observation_id from observation o join figure f using (figure_id)
           where f.recorded_run = $run and o.whole is not null
             and o.whole not in (select slug from port)""",
    ),
    Check(
        "relations-stay-in-the-article",
        "a change or share qualifies a figure of its own article",
        """select observation_id from observation o join figure f using (figure_id)
           where f.recorded_run = $run and o.relates_to is not null
             and not exists (select 1 from figure g where g.figure_id = o.relates_to
                             and g.article_id = o.article_id)""",
    ),
    Check(
        "parents-are-places",
        "a place's parent is a place of the gazetteer",
        """select p.slug from port p anti join port q on p.parent = q.slug
           where p.parent is not null and $run > 0""",
    ),
)


def audit(con: duckdb.DuckDBPyConnection, run_id: int) -> None:
    """Check the rows of a run; AuditError names the rule and the first rows that break it."""
    for check in CHECKS:
        broken = con.execute(f"select * from ({check.sql}) order by 1 limit 4", {"run": run_id}).fetchall()
        if broken:
            rows = ", ".join(str(row[0]) for row in broken[:3]) + (", …" if len(broken) > 3 else "")
            raise AuditError(f"audit: {check.rule}: not so for {rows} ({check.name})")
