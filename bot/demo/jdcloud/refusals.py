"""How the cloud says no: an HTTP code, a status word and a message, as its error tables give them."""


class Refusal(Exception):
    """An answer with an error in it.

    Args:
        http: the HTTP code; JD Cloud repeats it as `error.code`.
        status: the word to branch on, such as `FAILED_PRECONDITION`.
        message: verbatim from the API's error table where it has one.
    """

    def __init__(self, http: int, status: str, message: str) -> None:
        super().__init__(message)
        self.http = http
        self.status = status
        self.message = message


def invalid(parameter: str, why: str = "") -> Refusal:
    """400 for a parameter that breaks its rule."""
    return Refusal(400, "INVALID_ARGUMENT", f"Invalid parameter {parameter}" + (f": {why}" if why else ""))


def missing(parameter: str) -> Refusal:
    """400 for a parameter that is required (createImage: `Parameter DataDisks.CloudDiskSpec.DiskType missing`)."""
    return Refusal(400, "INVALID_ARGUMENT", f"Parameter {parameter} missing")


def out_of_range(message: str) -> Refusal:
    """400 for a number outside its range."""
    return Refusal(400, "OUT_OF_RANGE", message)


def precondition(message: str) -> Refusal:
    """400 for a resource that is not in the state the call needs."""
    return Refusal(400, "FAILED_PRECONDITION", message)


def conflict(task: str) -> Refusal:
    """400 while something else is being done with the instance."""
    return precondition(f"Conflict with underlay task {task}")


def not_found(message: str) -> Refusal:
    """404."""
    return Refusal(404, "NOT_FOUND", message)


def quota_exceeded(message: str) -> Refusal:
    """429 that no waiting cures, unlike `RATE_LIMIT`."""
    return Refusal(429, "QUOTA_EXCEEDED", message)


def unauthenticated(message: str) -> Refusal:
    """401 for a signature that does not hold."""
    return Refusal(401, "UNAUTHENTICATED", message)
