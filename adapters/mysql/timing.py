"""What requests wait for MySQL, as one stopwatch of theirs counts it."""

from domain.timing import TimedStore

MYSQL_TIME = TimedStore("MySQL")
