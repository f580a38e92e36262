"""The ratings, read, checked and laid out by Spark; nothing here collects them."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from training.errors import DatasetError
from training.layouts import Layout
from training.report import DataReport

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyspark.sql import Column, DataFrame, SparkSession

__all__ = ["load_ratings"]

_DAY_S: Final = 86_400
_MILLISECONDS: Final = 100_000_000_000
"""A time from here on is the year 5138 in seconds, and 1973 or later in milliseconds."""
_FAULT: Final = "fault"


def load_ratings(
    session: "SparkSession",
    location: str,
    *,
    layout: Layout,
    movie_ids: "Iterable[int]",
    target: Path,
    report: DataReport,
    now_s: float | None = None,
) -> "DataFrame":
    """Read the ratings, drop what is wrong and count why, and write the rest as sorted Parquet.

    A row is dropped for its first fault: wrong number of fields, ids that are not positive whole
    numbers, a rating that is no number, outside 0.5-5 or between half stars, a time that is no
    number, negative, in milliseconds or in the future, a movie that is not in the catalogue. Of
    several ratings of one movie by one user the latest counts.

    Args:
        session: Spark.
        location: Path of the file, or an address that Spark reads (``s3a://...``).
        layout: Layout of the file, which passed `layouts.check_files`.
        movie_ids: Catalogue.
        target: Parquet directory to write, sorted by user, time and movie; its part files in
            name order are in that order too.
        report: Receives counts.
        now_s: The present in seconds since 1970; the clock when None.

    Returns:
        The written table: ``user_id`` int, ``movie_id`` int, ``rating`` float, ``timestamp`` long
        (seconds).

    Raises:
        DatasetError: No usable rating is left.
    """
    from pyspark.sql import functions as F

    judged = _judge(session, location, layout, movie_ids, now_s or time.time()).cache()
    try:
        for row in judged.groupBy(_FAULT).count().collect():
            if row[_FAULT] is not None:
                report.drop(layout, "ratings", row[_FAULT], row["count"])
        valid = judged.where(F.col(_FAULT).isNull()).drop(_FAULT)
        latest = _latest_only(valid).orderBy("user_id", "timestamp", "movie_id")
        latest.write.mode("overwrite").parquet(str(target))
        n_valid = valid.count()
    finally:
        judged.unpersist()
    ratings = session.read.parquet(str(target))
    counts = ratings.agg(F.count("*").alias("n"), F.countDistinct("user_id").alias("u")).first()
    assert counts is not None
    report.n_ratings, report.n_users = counts["n"], counts["u"]
    if n_valid > report.n_ratings:
        reason = "the same movie by the same user again (the latest counts)"
        report.drop(layout, "ratings", reason, n_valid - report.n_ratings)
    if report.n_ratings == 0:
        lost = report.summary(layout.files["ratings"])
        raise DatasetError(f"{location} holds no usable rating ({lost or 'no rows'})")
    return ratings


def _judge(
    session: "SparkSession",
    location: str,
    layout: Layout,
    movie_ids: "Iterable[int]",
    now_s: float,
) -> "DataFrame":
    import pandas as pd
    from pyspark.sql import functions as F

    raw = session.read.csv(
        location,
        header=layout.has_header,
        sep=layout.separator,
        quote='"' if layout.has_header else "",
        schema="userId string, movieId string, rating string, timestamp string, _bad string",
        mode="PERMISSIVE",
        columnNameOfCorruptRecord="_bad",
        enforceSchema=True,
    )
    known = session.createDataFrame(pd.DataFrame({"known_id": list(movie_ids)}, dtype="int32"))
    typed = raw.select(
        F.col("userId").try_cast("int").alias("user_id"),
        F.col("movieId").try_cast("int").alias("movie_id"),
        F.col("rating").try_cast("double").alias("stars"),
        F.col("timestamp").try_cast("long").alias("timestamp"),
        F.col("_bad").isNotNull().alias("torn"),
    ).join(F.broadcast(known), F.col("movie_id") == F.col("known_id"), "left")
    return typed.select(
        "user_id",
        "movie_id",
        F.col("stars").cast("float").alias("rating"),
        "timestamp",
        _fault(now_s).alias(_FAULT),
    )


def _fault(now_s: float) -> "Column":
    from pyspark.sql import functions as F

    user, movie, stars, moment = (
        F.col(name) for name in ("user_id", "movie_id", "stars", "timestamp")
    )
    no_id = user.isNull() | movie.isNull() | (user <= 0) | (movie <= 0)
    checks = [
        (F.col("torn"), "wrong number of fields"),
        (no_id, "userId or movieId is not a positive whole number"),
        (stars.isNull() | F.isnan(stars), "the rating is not a number"),
        (~stars.between(0.5, 5.0), "the rating is outside 0.5 to 5"),
        (stars * 2 != F.floor(stars * 2), "the rating is between two half stars"),
        (moment.isNull(), "the timestamp is not a whole number"),
        (moment < 0, "the timestamp is before 1970"),
        (moment >= _MILLISECONDS, "the timestamp is in milliseconds, not in seconds"),
        (moment > int(now_s) + _DAY_S, "the timestamp is in the future"),
        (F.col("known_id").isNull(), "the movie is not in the catalogue"),
    ]
    fault = F.lit(None).cast("string")
    for condition, reason in reversed(checks):
        fault = F.when(condition, F.lit(reason)).otherwise(fault)
    return fault


def _latest_only(valid: "DataFrame") -> "DataFrame":
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    newest_first = Window.partitionBy("user_id", "movie_id").orderBy(
        F.col("timestamp").desc(), F.col("rating").desc()
    )
    ranked = valid.withColumn("_age", F.row_number().over(newest_first))
    return ranked.where(F.col("_age") == 1).drop("_age")
