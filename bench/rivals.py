"""The questions of the main views, hand-written in pandas and in polars on the exported Parquet.

Each answers the core of its question as somebody would write it in a notebook: the latest statement of
each key, then joins and groups, without the bounds, links and comments that the views carry along. pandas
reads text as Arrow strings.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

SERIES = [
    "port", "partner", "metric", "scope", "direction", "mode", "service", "breakdown", "nature", "unit",
]  # fmt: skip
KEY = [*SERIES, "measure", "whole", "period_start", "period_end"]
NUMBERS = ["value", "low", "high"]
BANDS = [("teu", "trains"), ("cargo_tonnes", "trains"), ("cargo_tonnes", "teu"), ("trade_value", "teu")]


class Polars:
    """The questions in polars, eager but for the reading."""

    def __init__(self, folder: Path) -> None:
        import polars

        self.pl = polars
        article = polars.scan_parquet(folder / "article.parquet").select(
            "article_id", "published_on", "publisher"
        )
        wanted = [*KEY, *NUMBERS, "observation_id", "article_id"]
        said = polars.scan_parquet(folder / "observation", hive_partitioning=True).select(wanted)
        said = said.with_columns(
            polars.col(NUMBERS).cast(polars.Float64), polars.col("port").cast(polars.String)
        )
        self.said = said.join(article, on="article_id").collect()

    def latest(self) -> Any:
        width = self.pl.col("high") - self.pl.col("low")
        order = self.said.with_columns(width=width).sort(
            "published_on", "width", "observation_id", descending=[True, False, False], nulls_last=True
        )
        chosen = order.unique(KEY, keep="first", maintain_order=True)
        crowd = self.said.group_by(KEY).agg(
            self.pl.len().alias("statements"), self.pl.col("publisher").n_unique().alias("publishers"),
            self.pl.col("value").min().alias("lowest"), self.pl.col("value").max().alias("highest"),
        )  # fmt: skip
        return chosen.join(crowd, on=KEY, nulls_equal=True)

    def _actual(self, *measures: str) -> Any:
        rows = self.latest()
        return rows.filter((self.pl.col("nature") == "actual") & self.pl.col("measure").is_in(measures))

    def yoy_growth(self) -> Any:
        pl, known = self.pl, self._actual("total")
        grown = self.said.filter(pl.col("measure") == "yoy_pct").drop("unit", "measure")
        on = [c for c in SERIES if c != "unit"] + ["period_start", "period_end"]
        rows = grown.join(known.select(*on, "unit", *NUMBERS), on=on, suffix="_level", nulls_equal=True)
        last = pl.col("period_end").dt.month_end()
        rows = rows.with_columns(
            base_start=pl.col("period_start").dt.offset_by("-1y"),
            base_end=pl.when(pl.col("period_end") == last)
            .then(last.dt.offset_by("-1y").dt.month_end()).otherwise(pl.col("period_end").dt.offset_by("-1y")),
        )  # fmt: skip
        base = known.select(*SERIES, pl.col("period_start").alias("base_start"),
                            pl.col("period_end").alias("base_end"), *NUMBERS)  # fmt: skip
        rows = rows.join(
            base, on=[*SERIES, "base_start", "base_end"], suffix="_base", how="left", nulls_equal=True
        )
        return rows.with_columns(
            low_computed=100 * (pl.col("low_level") / pl.col("high_base") - 1),
            high_computed=100 * (pl.col("high_level") / pl.col("low_base") - 1),
            implied=pl.col("value_level") / (1 + pl.col("value") / 100),
        )

    def cumulative_flow(self) -> Any:
        pl = self.pl
        by = [*SERIES, "whole", "period_start"]
        rows = self._actual("total").sort("period_end")
        before = [pl.col(c).shift().over(by).alias(f"{c}_before") for c in (*NUMBERS, "period_end")]
        rows = rows.with_columns(before).filter(pl.col("period_end_before").is_not_null())
        return rows.with_columns(flow=pl.col("value") - pl.col("value_before"))

    def port_comparison(self) -> Any:
        pl = self.pl
        by = [c for c in KEY if c not in ("port", "whole")]
        rows = self.latest().filter(pl.col("measure").is_in(["total", "daily_mean", "daily_max", "level"]))
        rows = rows.with_columns(
            ports=pl.len().over(by), rank=pl.col("value").rank("min", descending=True).over(by),
            largest=pl.col("value").max().over(by),
        )  # fmt: skip
        return rows.filter(pl.col("ports") > 1).with_columns(ratio=pl.col("value") / pl.col("largest"))

    def shares(self) -> Any:
        pl, known = self.pl, self._actual("total")
        on = [c for c in SERIES if c != "unit"] + ["period_start", "period_end"]
        said = self.said.filter(pl.col("measure") == "share_pct").drop("unit", "measure")
        rows = said.join(known.select(*on, "unit", *NUMBERS), on=on, suffix="_part", nulls_equal=True)
        whole = known.select(*(c for c in SERIES if c != "port"), "period_start", "period_end",
                             pl.col("port").alias("whole"), *NUMBERS)  # fmt: skip
        keys = [c for c in whole.columns if c not in NUMBERS]
        rows = rows.join(whole, on=keys, suffix="_whole", nulls_equal=True)
        return rows.with_columns(computed=100 * pl.col("value_part") / pl.col("value_whole"))

    def mean_peak_capacity(self) -> Any:
        pl, on = self.pl, [*SERIES, "period_start", "period_end"]
        known = self._actual("total", "daily_mean", "daily_max")
        rows = known.group_by(on).agg(
            *(pl.col(n).filter(pl.col("measure") == m).first().alias(f"{m}_{n}")
              for m in ("total", "daily_mean", "daily_max") for n in NUMBERS)
        )  # fmt: skip
        days = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
        return rows.with_columns(implied=pl.col("daily_mean_value") * days)

    def balance(self) -> Any:
        pl, known = self.pl, self._actual("total")
        on = [c for c in SERIES if c != "direction"] + ["period_start", "period_end"]
        ways = known.filter(pl.col("direction").is_in(["export", "import"])).group_by(on).agg(
            pl.len().alias("parts"), *(pl.col(n).sum().alias(f"{n}_parts") for n in NUMBERS)
        )  # fmt: skip
        whole = known.filter(pl.col("direction").is_null() | (pl.col("direction") == "both"))
        return ways.join(whole.select(*on, *NUMBERS), on=on, how="left", nulls_equal=True)

    def intensity(self) -> Any:
        pl, known = self.pl, self._actual("total")
        on = [c for c in SERIES if c not in ("metric", "unit")] + ["period_start", "period_end"]
        out = []
        for over, under in BANDS:
            a = known.filter(pl.col("metric") == over).select(*on, *NUMBERS)
            b = known.filter(pl.col("metric") == under).select(*on, *NUMBERS)
            rows = a.join(b, on=on, suffix="_under", nulls_equal=True)
            out.append(rows.with_columns(ratio=pl.col("value") / pl.col("value_under")))
        return pl.concat(out)

    def plan_actual(self) -> Any:
        pl, by = self.pl, [c for c in SERIES if c != "nature"] + ["measure", "whole", "period_start"]
        known = (
            self.latest()
            .filter(pl.col("period_end").is_not_null())
            .with_columns(pl.struct(by).hash().alias("series"))
        )
        plan = known.filter(pl.col("nature") == "plan").sort("period_end")
        done = known.filter(pl.col("nature") == "actual").sort("period_end")
        return plan.join_asof(
            done.select("series", "period_end", *NUMBERS), on="period_end", by="series", suffix="_done"
        )

    def coverage(self) -> Any:
        pl = self.pl
        rows = self.said.filter(pl.col("period_end").is_not_null()).with_columns(
            a=pl.coalesce("period_start", "period_end").dt.truncate("1mo"),
            z=pl.col("period_end").dt.truncate("1mo"),
        )
        rows = rows.with_columns(month=pl.date_ranges("a", "z", "1mo")).explode("month")
        return rows.group_by("port", "metric", "month").agg(
            pl.len(), pl.col("measure").n_unique(),
            pl.col("article_id").n_unique(), pl.col("publisher").n_unique(),
            pl.col("published_on").max(), pl.col("observation_id").sort(),
        )  # fmt: skip

    def current_observation(self) -> Any:
        return self.said

    def statements(self) -> Any:
        pl = self.pl
        return self.said.group_by([*KEY, "value"]).agg(
            pl.len(), pl.col("article_id").n_unique().alias("articles"),
            pl.col("publisher").unique(), pl.col("observation_id").sort(),
        )  # fmt: skip

    def revisions(self) -> Any:
        pl = self.pl
        rows = self.said.filter(pl.col("published_on").is_not_null())
        rows = rows.sort("published_on", "observation_id").unique(
            [*KEY, "published_on"], keep="last", maintain_order=True
        )
        before = pl.col("value").shift().over(KEY)
        return rows.with_columns(revision=pl.col("value") - before, release=pl.int_range(pl.len()).over(KEY))

    def daily_train_counts(self) -> Any:
        return self.mean_peak_capacity().filter(self.pl.col("metric") == "trains")

    def parcel_totals(self) -> Any:
        pl, known = self.pl, self._actual("total")
        on = [c for c in SERIES if c not in ("metric", "unit")] + ["period_start", "period_end"]
        count = known.filter(pl.col("metric") == "parcels").select(*on, *NUMBERS)
        value = known.filter(pl.col("metric") == "parcel_value").select(*on, "unit", *NUMBERS)
        rows = count.join(value, on=on, how="full", coalesce=True, suffix="_value", nulls_equal=True)
        return rows.with_columns(each=pl.col("value_value") / pl.col("value"))

    def growth_check(self) -> Any:
        pl = self.pl
        return self.yoy_growth().with_columns(
            agrees=(pl.col("low") <= pl.col("high_computed")) & (pl.col("high") >= pl.col("low_computed"))
        )

    def part_sum(self) -> Any:
        """Two periods that fill a third: one of the view's six ways."""
        pl, known = self.pl, self._actual("total").filter(self.pl.col("period_start").is_not_null())
        some = known.select(*SERIES, "period_start", "period_end", *NUMBERS)
        rows = some.join(some, on=[*SERIES, "period_end"], suffix="_end", nulls_equal=True)
        rows = rows.filter(pl.col("period_start") < pl.col("period_start_end")).with_columns(
            first_end=pl.col("period_start_end").dt.offset_by("-1d")
        )
        start = some.rename({"period_end": "first_end"})
        rows = rows.join(start, on=[*SERIES, "period_start", "first_end"], suffix="_start", nulls_equal=True)
        return rows.with_columns(sum=pl.col("value_start") + pl.col("value_end"))

    def milestones(self) -> Any:
        pl = self.pl
        on = [c for c in SERIES if c != "unit"] + ["article_id", "period_start", "period_end"]
        lead = self.said.filter(pl.col("measure") == "lead_days").select(*on, pl.col("value").alias("days"))
        count = self.said.filter(pl.col("measure") == "total").select(*on, *NUMBERS)
        rows = lead.join(count, on=on, nulls_equal=True)
        return rows.with_columns(
            before=pl.col("period_end").dt.offset_by("-1y") + pl.duration(days=pl.col("days"))
        )

    def contradictions(self) -> Any:
        """Same key, growth, directions, and mean by days: four of the view's forty rules."""
        pl = self.pl
        torn = (
            self.said.filter(pl.col("nature") == "actual")
            .group_by(KEY)
            .agg(pl.col("low").max(), pl.col("high").min())
        )
        grown, parts, mean = self.yoy_growth(), self.balance(), self.mean_peak_capacity()
        days = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
        return (
            torn.filter(pl.col("low") > pl.col("high")).height
            + grown.filter(
                (pl.col("low") > pl.col("high_computed")) | (pl.col("high") < pl.col("low_computed"))
            ).height
            + parts.filter(
                (pl.col("low_parts") > pl.col("high")) | (pl.col("high_parts") < pl.col("low"))
            ).height
            + mean.filter((pl.col("daily_mean_low") - 1) * days > pl.col("total_high")).height
        )


class Pandas:
    """The same in pandas."""

    def __init__(self, folder: Path) -> None:
        import pandas

        self.pd = pandas
        wanted = [*(k for k in KEY if k != "port"), *NUMBERS, "observation_id", "article_id", "port"]
        said = pandas.read_parquet(folder / "observation", columns=wanted)
        article = pandas.read_parquet(
            folder / "article.parquet", columns=["article_id", "published_on", "publisher"]
        )
        said["port"] = said["port"].astype("str")
        for name in NUMBERS:
            said[name] = said[name].astype("float64")
        for name in ("period_start", "period_end"):
            said[name] = pandas.to_datetime(said[name])
        article["published_on"] = pandas.to_datetime(article["published_on"])
        self.said = said.merge(article, on="article_id")

    def latest(self) -> Any:
        order = self.said.assign(width=self.said["high"] - self.said["low"]).sort_values(
            ["published_on", "width", "observation_id"], ascending=[False, True, True]
        )
        chosen = order.drop_duplicates(KEY)
        crowd = self.said.groupby(KEY, dropna=False, sort=False).agg(
            statements=("value", "size"), publishers=("publisher", "nunique"),
            lowest=("value", "min"), highest=("value", "max"),
        )  # fmt: skip
        return chosen.merge(crowd.reset_index(), on=KEY)

    def _actual(self, *measures: str) -> Any:
        rows = self.latest()
        return rows[(rows["nature"] == "actual") & rows["measure"].isin(measures)]

    def yoy_growth(self) -> Any:
        pd, known = self.pd, self._actual("total")
        grown = self.said[self.said["measure"] == "yoy_pct"].drop(columns=["unit", "measure"])
        on = [c for c in SERIES if c != "unit"] + ["period_start", "period_end"]
        rows = grown.merge(known[[*on, "unit", *NUMBERS]], on=on, suffixes=("", "_level"))
        year = pd.DateOffset(years=1)
        rows["base_start"] = rows["period_start"] - year
        rows["base_end"] = (rows["period_end"] - year).where(
            ~rows["period_end"].dt.is_month_end, rows["period_end"] - year + pd.offsets.MonthEnd(0)
        )
        base = known[[*SERIES, "period_start", "period_end", *NUMBERS]].rename(
            columns={"period_start": "base_start", "period_end": "base_end"}
        )
        rows = rows.merge(base, on=[*SERIES, "base_start", "base_end"], suffixes=("", "_base"), how="left")
        rows["low_computed"] = 100 * (rows["low_level"] / rows["high_base"] - 1)
        rows["high_computed"] = 100 * (rows["high_level"] / rows["low_base"] - 1)
        return rows.assign(implied=rows["value_level"] / (1 + rows["value"] / 100))

    def cumulative_flow(self) -> Any:
        rows = self._actual("total").sort_values("period_end")
        groups = rows.groupby([*SERIES, "whole", "period_start"], dropna=False, sort=False)
        before = groups[[*NUMBERS, "period_end"]].shift().add_suffix("_before")
        rows = rows.join(before)
        rows = rows[rows["period_end_before"].notna()]
        return rows.assign(flow=rows["value"] - rows["value_before"])

    def port_comparison(self) -> Any:
        rows = self.latest()
        rows = rows[rows["measure"].isin(["total", "daily_mean", "daily_max", "level"])]
        groups = rows.groupby([c for c in KEY if c not in ("port", "whole")], dropna=False, sort=False)[
            "value"
        ]
        rows = rows.assign(
            ports=groups.transform("size"),
            rank=groups.rank(method="min", ascending=False),
            largest=groups.transform("max"),
        )
        rows = rows[rows["ports"] > 1]
        return rows.assign(ratio=rows["value"] / rows["largest"])

    def shares(self) -> Any:
        known = self._actual("total")
        on = [c for c in SERIES if c != "unit"] + ["period_start", "period_end"]
        said = self.said[self.said["measure"] == "share_pct"].drop(columns=["unit", "measure"])
        rows = said.merge(known[[*on, "unit", *NUMBERS]], on=on, suffixes=("", "_part"))
        keys = [c for c in SERIES if c != "port"] + ["period_start", "period_end", "whole"]
        whole = known.drop(columns="whole").rename(columns={"port": "whole"})[[*keys, *NUMBERS]]
        rows = rows.merge(whole, on=keys, suffixes=("", "_whole"))
        return rows.assign(computed=100 * rows["value_part"] / rows["value_whole"])

    def mean_peak_capacity(self) -> Any:
        on = [*SERIES, "period_start", "period_end"]
        known = self._actual("total", "daily_mean", "daily_max")
        rows = None
        for measure in ("total", "daily_mean", "daily_max"):
            part = known.loc[known["measure"] == measure, [*on, *NUMBERS]]
            part = part.rename(columns={n: f"{measure}_{n}" for n in NUMBERS})
            rows = part if rows is None else rows.merge(part, on=on, how="outer")
        assert rows is not None
        days = (rows["period_end"] - rows["period_start"]).dt.days + 1
        return rows.assign(days=days, implied=rows["daily_mean_value"] * days)

    def balance(self) -> Any:
        known = self._actual("total")
        on = [c for c in SERIES if c != "direction"] + ["period_start", "period_end"]
        ways = known[known["direction"].isin(["export", "import"])]
        ways = (
            ways.groupby(on, dropna=False, sort=False)[NUMBERS]
            .sum(min_count=1)
            .add_suffix("_parts")
            .reset_index()
        )
        whole = known[known["direction"].isna() | (known["direction"] == "both")]
        return ways.merge(whole[[*on, *NUMBERS]], on=on, how="left")

    def intensity(self) -> Any:
        known = self._actual("total")
        on = [c for c in SERIES if c not in ("metric", "unit")] + ["period_start", "period_end"]
        out = []
        for over, under in BANDS:
            a = known.loc[known["metric"] == over, [*on, *NUMBERS]]
            b = known.loc[known["metric"] == under, [*on, *NUMBERS]]
            rows = a.merge(b, on=on, suffixes=("", "_under"))
            out.append(rows.assign(ratio=rows["value"] / rows["value_under"]))
        return self.pd.concat(out)

    def plan_actual(self) -> Any:
        by = [c for c in SERIES if c != "nature"] + ["measure", "whole", "period_start"]
        known = self.latest()
        known = known[known["period_end"].notna()]
        known = known.assign(series=known.groupby(by, dropna=False, sort=False).ngroup())
        plan = known[known["nature"] == "plan"].sort_values("period_end")
        done = known[known["nature"] == "actual"].sort_values("period_end")
        return self.pd.merge_asof(
            plan,
            done[["series", "period_end", *NUMBERS]],
            on="period_end",
            by="series",
            suffixes=("", "_done"),
        )

    def coverage(self) -> Any:
        rows = self.said[self.said["period_end"].notna()]
        a = rows["period_start"].fillna(rows["period_end"]).dt.to_period("M").astype("int64")
        z = rows["period_end"].dt.to_period("M").astype("int64")
        rows = rows.assign(month=[range(x, y + 1) for x, y in zip(a, z, strict=True)]).explode("month")
        return rows.groupby(["port", "metric", "month"], sort=False).agg(
            {"value": "size", "measure": "nunique", "article_id": "nunique", "publisher": "nunique",
             "published_on": "max", "observation_id": list}
        )  # fmt: skip

    def current_observation(self) -> Any:
        return self.said

    def statements(self) -> Any:
        return self.said.groupby([*KEY, "value"], dropna=False, sort=False).agg(
            {"measure": "size", "article_id": "nunique", "publisher": "unique", "observation_id": list}
        )

    def revisions(self) -> Any:
        rows = self.said[self.said["published_on"].notna()].sort_values(["published_on", "observation_id"])
        rows = rows.drop_duplicates([*KEY, "published_on"], keep="last")
        groups = rows.groupby(KEY, dropna=False, sort=False)["value"]
        return rows.assign(revision=rows["value"] - groups.shift(), release=groups.cumcount())

    def daily_train_counts(self) -> Any:
        rows = self.mean_peak_capacity()
        return rows[rows["metric"] == "trains"]

    def parcel_totals(self) -> Any:
        known = self._actual("total")
        on = [c for c in SERIES if c not in ("metric", "unit")] + ["period_start", "period_end"]
        count = known.loc[known["metric"] == "parcels", [*on, *NUMBERS]]
        value = known.loc[known["metric"] == "parcel_value", [*on, "unit", *NUMBERS]]
        rows = count.merge(value, on=on, how="outer", suffixes=("", "_value"))
        return rows.assign(each=rows["value_value"] / rows["value"])

    def growth_check(self) -> Any:
        rows = self.yoy_growth()
        return rows.assign(
            agrees=(rows["low"] <= rows["high_computed"]) & (rows["high"] >= rows["low_computed"])
        )

    def part_sum(self) -> Any:
        """Two periods that fill a third: one of the view's six ways."""
        known = self._actual("total")
        some = known.loc[known["period_start"].notna(), [*SERIES, "period_start", "period_end", *NUMBERS]]
        rows = some.merge(some, on=[*SERIES, "period_end"], suffixes=("", "_end"))
        rows = rows[rows["period_start"] < rows["period_start_end"]]
        rows = rows.assign(first_end=rows["period_start_end"] - self.pd.Timedelta(days=1))
        start = some.rename(columns={"period_end": "first_end"})
        rows = rows.merge(start, on=[*SERIES, "period_start", "first_end"], suffixes=("", "_start"))
        return rows.assign(sum=rows["value_start"] + rows["value_end"])

    def milestones(self) -> Any:
        on = [c for c in SERIES if c != "unit"] + ["article_id", "period_start", "period_end"]
        lead = self.said.loc[self.said["measure"] == "lead_days", [*on, "value"]].rename(
            columns={"value": "lead"}
        )
        rows = lead.merge(self.said.loc[self.said["measure"] == "total", [*on, *NUMBERS]], on=on)
        days = self.pd.to_timedelta(rows["lead"], unit="D")
        return rows.assign(before=rows["period_end"] - self.pd.DateOffset(years=1) + days)

    def contradictions(self) -> Any:
        """Same key, growth, directions, and mean by days: four of the view's forty rules."""
        actual = self.said[self.said["nature"] == "actual"]
        torn = actual.groupby(KEY, dropna=False, sort=False).agg(low=("low", "max"), high=("high", "min"))
        g, p, m = self.yoy_growth(), self.balance(), self.mean_peak_capacity()
        return (
            int((torn["low"] > torn["high"]).sum())
            + int(((g["low"] > g["high_computed"]) | (g["high"] < g["low_computed"])).sum())
            + int(((p["low_parts"] > p["high"]) | (p["high_parts"] < p["low"])).sum())
            + int(((m["daily_mean_low"] - 1) * m["days"] > m["total_high"]).sum())
        )
