"""A step in a few words: what is done and when, what is under way and for how long, what is to come."""

from dataclasses import dataclass

from bot.domain.steps import Job, JobStep, Step, StepState
from bot.slack.protocol.markup import code, moment, person
from bot.texts import card, several, units


@dataclass(frozen=True)
class Elapsed:
    """What an image usually takes, and the time now."""

    usual_seconds: float | None = None
    now: float | None = None

    def of(self, step: JobStep, language: str) -> list[str]:
        """How long a step has taken so far; nothing where that cannot be said."""
        if step.kind != Step.IMAGE or step.working_since is None or self.now is None or self.usual_seconds is None:
            return []
        so_far = units.duration(max(0.0, self.now - step.working_since), language)
        return [card.SO_FAR(language, elapsed=so_far, usual=units.duration(self.usual_seconds, language))]


NOTHING_KNOWN = Elapsed()


def steps_line(job: Job, language: str, elapsed: Elapsed = NOTHING_KNOWN, *, with_image: bool = False) -> str:
    """The steps of a job in a line, and with what JD Cloud calls its image where that stands nowhere else."""
    said = []
    for step in job.steps:
        words = _step(step, language, elapsed)
        named = with_image and step.kind == Step.IMAGE and step.result
        said.append(several.STEP_WITH_IMAGE(language, step=words, image=code(step.result)) if named else words)
    return " · ".join(said)


def _step(step: JobStep, language: str, elapsed: Elapsed) -> str:
    words = card.STEP_LINES.get(step.kind)
    if words is None:  # of a newer version
        return f"{step.kind}: {step.state}"
    match step.state:
        case StepState.DONE:
            return card.STEP_DONE(language, step=words.done(language), when=moment(step.ended_at or 0))
        case StepState.SKIPPED if step.left_by:
            return card.STEP_LEFT(language, person=person(step.left_by))
        case StepState.SKIPPED:
            return card.STEP_SKIPPED(language, step=words.skipped(language))
        case StepState.FAILED:
            return card.STEP_FAILED(language, step=words.planned(language))
        case StepState.UNSURE:
            return card.STEP_UNSURE(language, step=words.planned(language))
        case StepState.PLANNED:
            return card.STEP_PLANNED(language, step=words.planned(language))
        case StepState.CALLING | StepState.WORKING:
            done, _, of = step.progress.partition("/")
            so_far = [words.so_far(language, done=done, of=of)] if of and words.so_far else []
            since = card.SINCE(language, when=moment(step.working_since or step.called_at or 0))
            parts = [words.under_way(language), *so_far, *(elapsed.of(step, language) or [since])]
            return card.STEP_UNDER_WAY(language, step=units.said(parts, language))
