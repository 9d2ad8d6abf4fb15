"""What ends a command with one clear sentence instead of a traceback."""


class Failure(Exception):
    """Something the person has to know; its text is all that is shown."""


class Stopped(BaseException):
    """A signal asked us to end. Not an Exception, so that nothing swallows it."""

    def __init__(self, signum):
        super().__init__(signum)
        self.signum = signum
