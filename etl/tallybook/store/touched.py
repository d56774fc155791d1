"""What the runs since some run can have changed of the claims of monthly series, and the rows to tell it.

A claim speaks of one metric, and follows from figures whose periods end on one day, but for what an article's
own words tie together: `latest` is asked for the very period of a change or share. So the claims of a metric
and day change only with a figure of that metric and day, or with an article that has one. To make them anew
it takes the figures of those days, and those that words tie to them. Milestones follow from their article
alone, but those of several days may say the same of the year before: they are made anew by years.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from tallybook.resources import query_files
from tallybook.store.once import below, drop

_TEMPORARY = (
    "changed_article", "touched_end", "wanted_figure", "observation", "figure", "article",
)  # fmt: skip


def rules_digest(con: duckdb.DuckDBPyConnection) -> str:
    """Identify what makes claims of figures: the saved views, and the metrics of the book."""
    files = query_files()
    digest = hashlib.sha256("".join(files[name] for name in sorted(below("series_fact"))).encode())
    digest.update(
        repr(con.execute("select metric, unit, flow from metric order by metric").fetchall()).encode()
    )
    return digest.hexdigest()[:16]


def claim_end(claim: str) -> str:
    """Give, as SQL over the columns of a claim, the key of what it follows from."""
    # A milestone speaks of the year before its own.
    is_lead, end = f"{claim}.measure = 'lead_days'", f"{claim}.period_end"
    return f"({claim}.metric, {is_lead}, if({is_lead}, make_date(year({end}) + 1, 12, 31), {end}))"


@contextmanager
def narrow(con: duckdb.DuckDBPyConnection, run_id: int) -> Iterator[None]:
    """Narrow the book, for this connection and block, to what the claims that later runs touched are made of.

    `touched_end` has metric, is_lead and of_end of those claims, as `claim_end` gives them; a view asked in
    the block may have others too, which are incomplete.
    """
    since = {"run": run_id}
    try:
        con.execute(
            """create temp table changed_article as
               select article_id from figure where recorded_run > $run or superseded_run > $run
               union
               select article_id from correction where recorded_run > $run or undone_run > $run
               union
               select n.article_id
               from reading as n
               inner join reading as o on n.article_id = o.article_id and n.run_id = o.superseded_run
               where n.run_id > $run and n.published_on is distinct from o.published_on""",
            since,
        )
        # Of a figure that people corrected, as it was read and with each word of theirs, undone or not.
        con.execute(
            """create temp table touched_end as
               with read_as as (
                   select o.article_id, f.span_start, o.metric, o.measure, o.period_end
                   from observation as o
                   inner join figure as f on o.figure_id = f.figure_id
                   where o.article_id in (select article_id from changed_article)
               ),
               said as (
                   select article_id, span_start, field, unnest([old, new]) as word
                   from correction
                   where field in ('metric', 'measure', 'period_end')
                     and article_id in (select article_id from changed_article)
               ),
               counted as (
                   select article_id, span_start, metric from read_as
                   union
                   select article_id, span_start, word from said where field = 'metric'
               ),
               ended as (
                   select article_id, span_start, period_end from read_as
                   union
                   select article_id, span_start, try_cast(word as date) from said
                   where field = 'period_end'
               ),
               with_lead as (
                   select article_id from read_as where measure = 'lead_days'
                   union
                   select article_id from said where word = 'lead_days'
               ),
               both_known as (
                   select article_id, metric, period_end
                   from counted inner join ended using (article_id, span_start)
                   where metric is not null and period_end is not null
               )
               select distinct metric, false as is_lead, period_end as of_end from both_known
               union all
               select distinct metric, true, make_date(year(period_end), 12, 31)
               from both_known semi join with_lead using (article_id)"""
        )
        con.execute(
            """create temp table wanted_figure as
               with own as (
                   select figure_id from observation
                   where (metric, false, period_end) in (select (metric, is_lead, of_end) from touched_end)
                   union
                   select f.figure_id
                   from figure as f
                   semi join correction as c on f.article_id = c.article_id and f.span_start = c.span_start
               ),
               led as (
                   select distinct article_id, metric, period_end from observation
                   where measure = 'lead_days'
                     and (metric, true, make_date(year(period_end), 12, 31))
                       in (select (metric, is_lead, of_end) from touched_end)
               )
               select figure_id from own
               union
               select relates_to from observation where figure_id in (select figure_id from own)
               union
               select figure_id from observation where relates_to in (select figure_id from own)
               union
               select figure_id from observation semi join led using (article_id, metric, period_end)"""
        )
        wanted = "where figure_id in (select figure_id from wanted_figure)"
        con.execute(
            f"create temp table observation as select * exclude (evidence) from main.observation {wanted}"
        )
        con.execute(
            "create temp table figure as select * exclude (text, missing) from main.figure "
            f"{wanted} and superseded_run is null"
        )
        con.execute(
            "create temp table article as select * exclude (text) from main.article "
            "where article_id in (select article_id from figure)"
        )
        yield
    finally:
        drop(con, _TEMPORARY)
