"""Traces a PySpark job: the Python face of dev.waybill.gluetracing.TracedJob.

    import sys
    from waybill_tracing import TracedJob

    with TracedJob.start("large-orders", sys.argv) as job:
        shop = job.argument("shop")
        orders = job.step("read orders", lambda: job.spark.read.parquet(shop + "/orders"))
        customers = job.step("read customers", lambda: job.spark.read.parquet(shop + "/customers"))
        large = job.step("filter large orders", orders, lambda rows: rows.where("total > 100"))
        named = job.step("join customers", large, customers, lambda o, c: o.join(c, "customer"))
        with job.step("write large orders"):
            named.write.parquet(shop + "/large-orders")
        job.complete()

The jar of glue-tracing must be on the driver's class path (--extra-jars on Glue, --driver-class-path
of spark-submit). A DynamicFrame is traced as what its toDF() gives. Telemetry never fails the job:
without the jar, or on any trouble there, the job runs on and one warning says so.
"""

import functools
import logging
import threading
import traceback

from pyspark import SparkContext
from pyspark.sql import DataFrame, SparkSession

__all__ = ["TracedJob"]

_LOG = logging.getLogger(__name__)
_LEVELS = ((50, "FATAL"), (40, "ERROR"), (30, "WARN"), (20, "INFO"), (10, "DEBUG"), (0, "TRACE"))


class TracedJob:
    """A traced job. It ends with the `with` block, and has failed unless complete() was called."""

    def __init__(self, spark, args, java):
        self.spark = spark
        self._arguments = _arguments(args)
        self._java = java
        self._told = threading.local()
        self._warned = False
        self._lines = None
        if java is not None:
            self._lines = _Lines(self)

    @classmethod
    def start(cls, name, args=()):
        """Starts the job's trace on the running Spark session, or on a new one.

        name: lower case with hyphens; it becomes service.name and the root span's name
        args: what the script was given, sys.argv
        """
        starts_spark = SparkContext._active_spark_context is None
        spark = SparkSession.builder.appName(name).getOrCreate()
        java = None
        try:
            java = spark._jvm.dev.waybill.gluetracing.PythonJob.start(
                name, [str(arg) for arg in args], starts_spark)
        except Exception as e:
            _LOG.warning(
                "this job runs without telemetry: can't start dev.waybill.gluetracing.PythonJob (%s); "
                "is the jar of glue-tracing on the driver's class path?", _words(e))
        return cls(spark, args, java)

    def step(self, name, *given):
        """Runs a step; its name is lower case, verb first.

        step(name)                      a context manager, or a decorator of a function that is the step
        step(name, work)                calls work(); a DataFrame that it returns is a source
        step(name, rows, work)          work(rows) describes what becomes of the rows; it may be called twice
        step(name, one, two, work)      such as a join: the rows of each are counted
        step(name, {"one": …}, work)    any number of named inputs: work(one=…)

        Returns what work returned; of a DataFrame use this one, whose rows are counted.
        """
        if not given:
            return _Step(self, name)
        *inputs, work = given
        if not inputs:
            return self._run(name, lambda step: work(), _source)
        names = []
        if isinstance(inputs[0], dict):
            names, inputs = list(inputs[0]), list(inputs[0].values())
        counted = [self._observed(rows) for rows in inputs]

        def describe(step):
            if names:
                return work(**dict(zip(names, counted)))
            return _before_the_count(self, step, work, counted[0]) if len(counted) == 1 else work(*counted)

        return self._run(name, describe, functools.partial(_made, names, counted))

    def rejection_column(self, name):
        """Names the column that rejects rows: those in which it is not null don't count."""
        self._tell("name a column", lambda java: java.job().rejectionColumn(name))
        return self

    def count_rows(self, outcome, rows):
        """Counts rows in waybill.rows by what they came to: read, cleaned …"""
        self._tell("count rows", lambda java: java.job().countRows(outcome, rows))

    def count_rejected(self, reason, rows):
        """Counts rows in waybill.rows that were rejected for this reason."""
        self._tell("count rejected rows", lambda java: java.job().countRejected(reason, rows))

    def count_input_bytes(self, size):
        """Counts the size of what the job reads."""
        self._tell("count bytes", lambda java: java.job().countInputBytes(size))

    def argument(self, name, otherwise=None):
        """The value of --name, as Glue passes it."""
        return self._arguments.get(name, otherwise)

    def traceparent(self):
        """W3C Trace Context's traceparent for a call from the step that is running; None without telemetry."""
        return self._tell("tell the trace", lambda java: java.job().traceparent())

    def trace_header(self):
        """The same as X-Amzn-Trace-Id."""
        return self._tell("tell the trace", lambda java: java.job().traceHeader())

    def complete(self):
        """Says that the job did what it should."""
        self._tell("complete", lambda java: java.job().complete())

    def close(self):
        """Writes what is left of the trace and sends it, within ten seconds."""
        if self._lines is not None:
            self._lines.close()
            self._lines = None
        self._tell("send the rest", lambda java: java.job().close())

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if error is not None and not (kind is SystemExit and not error.code):
            self._tell("tell the error", lambda java: java.failed(self._error(error)))
        self.close()

    def _run(self, name, work, end):
        step = self._begin(name)
        try:
            result = work(step)
        except BaseException as e:
            self._failed(step, e)
            raise
        if step is None:
            return result

        def ended():
            try:
                return end(self, step, result)
            except Exception:
                step.done()
                raise

        return self._quietly("record step '%s'" % name, ended, result)

    def _begin(self, name):
        return self._tell("begin step '%s'" % name, lambda java: java.begin(name))

    def _failed(self, step, error):
        if step is not None:
            self._quietly("record a failed step", lambda: step.failed(self._error(error)))

    def _observed(self, rows):
        jdf = self._tell("count rows", lambda java: java.observe(rows._jdf))
        return rows if jdf is None else self._frame(jdf)

    def _frame(self, jdf):
        return DataFrame(jdf, self.spark)

    def _error(self, error):
        """Java's object for it: the same one for steps within steps, of which the innermost tells it."""
        told, java = getattr(self._told, "error", (None, None))
        if told is not error:
            java = self._java.error(_type(error), str(error), _stack(error))
            self._told.error = (error, java)
        return java

    def _tell(self, what, call):
        return None if self._java is None else self._quietly(what, lambda: call(self._java))

    def _quietly(self, what, call, otherwise=None):
        try:
            return call()
        except Exception as e:
            if not self._warned:
                self._warned = True
                _LOG.warning("telemetry of this job is incomplete: can't %s: %s", what, _words(e))
            return otherwise


class _Step:
    """A step as a block or as a function."""

    def __init__(self, job, name):
        self._job = job
        self._name = name
        self._java = None

    def __enter__(self):
        self._java = self._job._begin(self._name)
        return self

    def __exit__(self, kind, error, trace):
        if error is not None:
            self._job._failed(self._java, error)
        elif self._java is not None:
            self._job._quietly("record step '%s'" % self._name, self._java.done)

    def __call__(self, function):
        @functools.wraps(function)
        def step(*args, **kwargs):
            return self._job.step(self._name, lambda: function(*args, **kwargs))

        return step


class _Lines:
    """Gives lines of Python's logging their place in the trace, but for those of the way to Java.

    It is no handler: with one on the root logger, a later logging.basicConfig does nothing, and warnings
    of a job without handlers are not printed.
    """

    def __init__(self, job):
        self._job = job
        self._own = threading.local()
        self._before = before = logging.Logger.callHandlers

        @functools.wraps(before)
        def call_handlers(logger, record):
            before(logger, record)
            self._take(record)

        self._call = logging.Logger.callHandlers = call_handlers

    def close(self):
        self._job = None
        if logging.Logger.callHandlers is self._call:
            logging.Logger.callHandlers = self._before

    def _take(self, record):
        job = self._job
        if job is None:
            return
        if getattr(self._own, "busy", False) or record.name.split(".")[0] == "py4j":
            return
        self._own.busy = True
        try:
            job._tell("take a log line", functools.partial(_log, record))
        finally:
            self._own.busy = False


def _arguments(args):
    """Those of `--name value` and `--name=value`."""
    values = {}
    words = [str(arg) for arg in args]
    for word, following in zip(words, words[1:] + ["--"]):
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            if equals:
                values[name] = value
            elif not following.startswith("--"):
                values[name] = following
    return values


def _log(record, java):
    level = next((name for least, name in _LEVELS if record.levelno >= least), "TRACE")
    error = record.exc_info[1] if record.exc_info else None
    java.log(
        record.name, level, int(record.created * 1000), record.getMessage(),
        None if error is None else _type(error), None if error is None else _stack(error))


def _before_the_count(job, step, work, counted):
    """Spark pushes no filter through a count, so one of what a scan reads is put before it."""
    if step is not None:
        scan = job._quietly("look at a plan", lambda: step.scan(counted._jdf))
        if scan is not None:
            rows = work(job._frame(scan))
            if _is_frame(rows) and job._quietly("look at a plan", lambda: step.filters(rows._jdf, scan)):
                return rows
    return work(counted)


def _made(names, counted, job, step, rows):
    if not _is_frame(rows):
        step.done()
        return rows
    return job._frame(step.made(names, [each._jdf for each in counted], rows._jdf))


def _source(job, step, result):
    if _is_frame(result):
        return job._frame(step.read(result._jdf))
    step.done()
    return result


def _is_frame(result):
    return isinstance(result, DataFrame) and hasattr(result, "_jdf")


def _type(error):
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else kind.__module__ + "." + kind.__qualname__


def _stack(error):
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))


def _words(error):
    return (str(error).strip() or type(error).__name__).splitlines()[0]
