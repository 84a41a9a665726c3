"""What people's words mean: which instance, by its name, id or private address, in whichever region it is."""

import asyncio
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain import limits
from bot.domain.cloud import ListedInstance
from bot.domain.errors import Code, Problem
from bot.jdcloud import CloudError, JDCloud
from bot.service.find import find_instance
from bot.service.search import AT_MOST, Matches, Search, Unlisted

LOOKED_THROUGH = 1000
"""Instances that fit a word, at most, among which the one that is called exactly so is looked for."""

ID_WITHIN = 5.0
"""Seconds that the regions have to say whether they hold an id: a form is open meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A word that means one instance."""

    word: str
    instance: ListedInstance


@dataclass(frozen=True, kw_only=True)
class Several:
    """A word that may mean any of several."""

    word: str
    instances: tuple[ListedInstance, ...]  # the best first; as many as a menu offers


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """A word that fits no instance: every region has said so."""

    word: str
    nearest: tuple[ListedInstance, ...] = ()  # whose names are nearly the word, the nearest first


@dataclass(frozen=True, kw_only=True)
class Untold:
    """A word of which it is not known what it means, as it could not be looked for in some regions."""

    word: str
    unlisted: tuple[Unlisted, ...]
    instances: tuple[ListedInstance, ...] = ()  # what fits elsewhere, the best first


Unsettled = Several | Nothing | Untold
Meaning = Found | Unsettled


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """What words mean, in the order in which they were typed."""

    meanings: tuple[Meaning, ...] = ()  # without the word that is the image's name
    image_name: str = ""

    @property
    def instances(self) -> tuple[ListedInstance, ...]:
        """Those that are meant, each once."""
        found = (one.instance for one in self.meanings if isinstance(one, Found))
        return tuple({(instance.region, instance.id): instance for instance in found}.values())

    @property
    def unsettled(self) -> tuple[Unsettled, ...]:
        """The words of which somebody has to say what they mean."""
        return tuple(one for one in self.meanings if not isinstance(one, Found))


@dataclass(frozen=True, kw_only=True)
class Resolving:
    """Looks words up among what is listed; what is not found there, JD Cloud is asked for."""

    search: Search
    cloud: JDCloud

    def known(self, words: Sequence[str]) -> Resolved | None:
        """What words mean that are all called exactly so, by what was listed lately; None otherwise. Never waits."""
        meanings = [_exactly(word, self.search.find_listed(word, limit=LOOKED_THROUGH)) for word in words]
        resolved = _with_image_name(meanings)
        if any(isinstance(one, Untold) for one in meanings) or resolved.unsettled:
            return None
        # That there is no such instance may have been true when it was listed only.
        return resolved if not resolved.image_name or self.search.fresh else None

    async def resolve(self, words: Sequence[str]) -> Resolved:
        """What words mean, for a form that is open already: within seconds, as far as JD Cloud tells."""
        name = possible_name(words)
        return _with_image_name(await asyncio.gather(*(self._meaning(word, exactly=word == name) for word in words)))

    async def _meaning(self, word: str, *, exactly: bool) -> Meaning:
        """What a word means by what is listed or, where that has no instance of it (`exactly`: called so), told now."""
        listed = _meaning(word, await self.search.find(word, limit=LOOKED_THROUGH))
        if isinstance(listed, Found | Several):
            if not exactly or _may_be(listed, word):
                return listed
        elif is_instance_id(word):
            return await self._by_id(word.casefold(), listed)
        told = _meaning(word, await self.search.find_fresh(word, limit=LOOKED_THROUGH))
        if isinstance(told, Nothing) and not exactly:
            return Nothing(word=word, nearest=await self.search.nearest(word))
        return told

    async def _by_id(self, instance_id: str, listed: Nothing | Untold) -> Meaning:
        """An id that is not listed: the instance may be newer than the list."""
        regions = tuple(self.search.regions)
        try:
            async with asyncio.timeout(ID_WITHIN):
                found = await find_instance(self.cloud, regions, "", instance_id)
        except (CloudError, TimeoutError) as error:
            why = error.problem() if isinstance(error, CloudError) else Problem(Code.CLOUD_SILENT)
            unlisted = tuple(Unlisted(region=region, why=why) for region in regions)
            fitting = listed.instances if isinstance(listed, Untold) else ()
            return Untold(word=listed.word, unlisted=unlisted, instances=fitting)
        return Found(word=listed.word, instance=found) if found else Nothing(word=listed.word)


def is_instance_id(word: str) -> bool:
    """Whether it is written as JD Cloud writes the ids of instances."""
    return limits.INSTANCE_ID.fullmatch(word.casefold()) is not None


def possible_name(words: Sequence[str]) -> str:
    """The word that is the image's name, unless an instance turns out to be called so; empty where none may be.

    What is wrong with it as a name is for the form to say: there it can be mended.
    """
    name = words[1] if len(words) == 2 else ""
    return "" if is_instance_id(name) or _is_address(name) else name


def _meaning(word: str, matches: Matches) -> Meaning:
    """What a word means by what fits it: what is called exactly so, before what has it in its name."""
    fitting = matches.instances
    exact = tuple(one for one in fitting if _is(one, word))
    if len(exact) == 1 and exact[0].id.casefold() == word.casefold():
        return Found(word=word, instance=exact[0])  # ids are no one else's, whatever another region holds
    likely = (exact or fitting)[:AT_MOST]
    if matches.unlisted:
        return Untold(word=word, unlisted=matches.unlisted, instances=likely)
    if not likely:
        return Nothing(word=word)
    return Found(word=word, instance=likely[0]) if len(likely) == 1 else Several(word=word, instances=likely)


def _exactly(word: str, matches: Matches) -> Meaning:
    """The same, but a part of a name means nobody for certain."""
    meaning = _meaning(word, matches)
    if isinstance(meaning, Found) and not _is(meaning.instance, word):
        return Several(word=word, instances=(meaning.instance,))
    return meaning


def _with_image_name(meanings: Sequence[Meaning]) -> Resolved:
    """`web-1 before-patch`: of two words, the second names the image unless an instance is called exactly so: a part
    of a name means an instance only where no image's name may stand.
    """
    name = possible_name([one.word for one in meanings])
    if name and not _may_be(meanings[1], name):
        return Resolved(meanings=(meanings[0],), image_name=name)
    return Resolved(meanings=tuple(meanings))


def _may_be(meaning: Meaning, word: str) -> bool:
    """Whether an instance is called exactly so, as far as that is known."""
    match meaning:
        case Found(instance=instance):
            return _is(instance, word)
        case Several(instances=instances) | Untold(instances=instances):
            return any(_is(instance, word) for instance in instances)
        case Nothing():
            return False


def _is(instance: ListedInstance, word: str) -> bool:
    called = {one.casefold() for one in (instance.id, instance.name, instance.private_ip) if one}
    return word.casefold() in called


def _is_address(word: str) -> bool:
    try:
        ipaddress.ip_address(word)
    except ValueError:
        return False
    return True
