"""SQL engines with tables of leads and events in them, behind one interface: create a table, run a statement."""

import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

# Column types by the names used here; a dialect's words for them.
TYPES = {
    "duckdb": {"text": "VARCHAR", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "time": "TIMESTAMP", "id": "BIGINT"},
    "sqlite": {"text": "TEXT", "number": "REAL", "boolean": "BOOLEAN", "date": "TEXT", "time": "TEXT", "id": "INTEGER"},
    "postgresql": {
        "text": "TEXT", "number": "DOUBLE PRECISION", "boolean": "BOOLEAN", "date": "DATE", "time": "TIMESTAMP", "id": "BIGINT",
    },
    "spark": {"text": "STRING", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "time": "TIMESTAMP", "id": "BIGINT"},
}  # fmt: skip
BINARIES = Path("/usr/lib/postgresql/15/bin")


def quoted(name, mark='"'):
    return mark + name.replace(mark, mark * 2) + mark


class DuckDb:
    dialect = "duckdb"

    def __init__(self, file=":memory:"):
        import duckdb

        self.connection = duckdb.connect(str(file))
        self.connection.execute("SET TimeZone = 'UTC'")

    def create(self, table, columns, rows):
        """A table of columns {name: type} and rows of their values."""
        import pyarrow

        types = {"text": pyarrow.string(), "number": pyarrow.float64(), "boolean": pyarrow.bool_(), "date": pyarrow.date32(),
                 "time": pyarrow.timestamp("us"), "id": pyarrow.int64()}  # fmt: skip
        arrays = [pyarrow.array([row[i] for row in rows], types[kind]) for i, kind in enumerate(columns.values())]
        data = pyarrow.Table.from_arrays(arrays, names=list(columns))
        self.connection.register("incoming", data)
        self.connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM incoming")
        self.connection.unregister("incoming")

    def run(self, statement):
        """The rows of a SELECT as dicts."""
        result = self.connection.execute(statement)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row)) for row in result.fetchall()]

    def close(self):
        self.connection.close()


class Sqlite(DuckDb):
    dialect = "sqlite"

    def __init__(self):
        self.connection = sqlite3.connect(":memory:")

    def create(self, table, columns, rows):
        self.connection.execute(f"DROP TABLE IF EXISTS {table}")
        self.connection.execute(f"CREATE TABLE {table} ({declared(self.dialect, columns)})")
        values = [[value.isoformat() if isinstance(value, (date, datetime)) else value for value in row] for row in rows]
        self.connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", values)


class PostgreSql(DuckDb):
    dialect = "postgresql"

    def __init__(self, port):
        import psycopg

        self.connection = psycopg.connect(host="127.0.0.1", port=port, user="leadcal", dbname="postgres", autocommit=True)

    def create(self, table, columns, rows):
        self.connection.execute(f"DROP TABLE IF EXISTS {table}")
        self.connection.execute(f"CREATE TABLE {table} ({declared(self.dialect, columns)})")
        with self.connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


class Spark:
    dialect = "spark"

    def __init__(self, folder):
        from pyspark.sql import SparkSession

        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        settings = {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.shuffle.partitions": "1",
            "spark.sql.warehouse.dir": str(folder / "warehouse"),
            # Compiling the many small statements takes longer than running them.
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
            "spark.sql.adaptive.enabled": "false",
            "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
            "spark.ui.showConsoleProgress": "false",
        }
        builder = SparkSession.builder.master("local[1]")
        for key, value in settings.items():
            builder = builder.config(key, value)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("ERROR")
        self.folder = folder

    def create(self, table, columns, rows):
        import pyarrow

        types = {"text": pyarrow.string(), "number": pyarrow.float64(), "boolean": pyarrow.bool_(), "date": pyarrow.date32(),
                 "time": pyarrow.timestamp("us", tz="UTC"), "id": pyarrow.int64()}  # fmt: skip
        arrays = [pyarrow.array([row[i] for row in rows], types[kind]) for i, kind in enumerate(columns.values())]
        data = pyarrow.Table.from_arrays(arrays, names=list(columns))
        self.session.createDataFrame(data).createOrReplaceTempView(table)

    def run(self, statement):
        return [row.asDict() for row in self.session.sql(statement).collect()]

    def close(self):
        self.session.stop()


def declared(dialect, columns):
    return ", ".join(f"{quoted(name)} {TYPES[dialect][kind]}" for name, kind in columns.items())


@contextmanager
def postgresql_cluster():
    """A PostgreSQL cluster of its own on a loopback port, gone afterwards; gives the port."""
    # The server refuses to be run by root, and its user has to reach the folder.
    folder = Path(tempfile.mkdtemp(prefix="leadcal-postgresql-", dir="/tmp"))
    as_user = []
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
        as_user = ["setpriv", "--reuid=nobody", "--clear-groups"]
    data = folder / "data"

    def run(program, *arguments):
        command = [*as_user, str(BINARIES / program), "-D", str(data), *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    try:
        run("initdb", "-U", "leadcal", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c timezone=UTC"
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield port
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
