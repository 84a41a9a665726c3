"""The use cases, built over what they need: the store, the cloud, the rules, and who is who."""

from dataclasses import dataclass

from bot.clients import Clients
from bot.domain.cloud import ListedInstance, Snapshot
from bot.service.board import Boards
from bot.service.count import Counting
from bot.service.current_rules import CurrentRules
from bot.service.decide import Deciding
from bot.service.details import Details
from bot.service.disk_form import DiskForms
from bot.service.draft import Drafting
from bot.service.emergency import Emergencies
from bot.service.form_state import FormStates
from bot.service.freezing import Freezing
from bot.service.gate import Gate
from bot.service.listing import Listing
from bot.service.loading import Loading
from bot.service.look import Looking
from bot.service.naming import Naming
from bot.service.nudge import Nudging
from bot.service.opening import Opening
from bot.service.operate import Operating
from bot.service.ports import Directory
from bot.service.question import Questioning
from bot.service.resolve import Resolving
from bot.service.search import Search
from bot.service.undecided import Undecided
from bot.settings import Settings
from bot.store import Store


@dataclass(frozen=True, kw_only=True)
class UseCases:
    """What people have the bot do."""

    # An open form.
    opening: Opening
    drafting: Drafting
    disk_forms: DiskForms
    naming: Naming
    search: Search
    instances: Listing[ListedInstance]  # to be closed
    snapshots: Listing[Snapshot]  # to be closed
    # A request.
    boards: Boards
    details: Details
    looking: Looking
    counting: Counting
    deciding: Deciding
    operating: Operating
    questioning: Questioning
    freezing: Freezing
    nudging: Nudging
    emergencies: Emergencies

    @classmethod
    def over(
        cls,
        store: Store,
        clients: Clients,
        *,
        settings: Settings,
        rules: CurrentRules,
        directory: Directory,
    ) -> "UseCases":
        """All of them.

        Args:
            store: the state.
            clients: of which the cloud, the clocks and new ids are used.
            settings: what the operator chose.
            rules: who may do what.
            directory: who is who.
        """
        cloud, clock, ids, regions = clients.cloud, clients.clock, clients.ids, settings.jdcloud_regions
        steady = clients.steady
        approval_ttl = settings.approval_ttl.total_seconds()
        instances = Listing(
            name="instances", fetch=cloud.instances, words=lambda i: (i.name, i.id, i.private_ip), clock=steady
        )
        search = Search(regions=regions, instances=instances)
        form_states = FormStates(store=store, rules=rules, clock=clock)
        drafting = Drafting(
            store=store,
            form_states=form_states,
            loading=Loading(cloud=cloud, regions=regions, rules=rules, clock=clock),
            regions=regions,
            rules=rules,
            clock=clock,
        )
        looking = Looking(cloud=cloud, clock=clock)
        gate = Gate(rules=rules, clock=clock)
        counting = Counting(
            store=store, rules=rules, directory=directory, gate=gate, approval_ttl=approval_ttl, clock=clock
        )
        return cls(
            opening=Opening(store=store, form_states=form_states, regions=regions, clock=clock, new_id=ids.draft),
            drafting=drafting,
            disk_forms=DiskForms(store=store),
            naming=Naming(drafting=drafting, resolving=Resolving(search=search, cloud=cloud)),
            search=search,
            instances=instances,
            snapshots=Listing(name="snapshots", fetch=cloud.snapshots, words=lambda s: (s.name, s.id), clock=steady),
            boards=Boards(store=store, rules=rules, directory=directory, gate=gate, clock=clock),
            details=Details(store=store),
            looking=looking,
            counting=counting,
            deciding=Deciding(
                store=store, rules=rules, looking=looking, directory=directory, counting=counting, clock=clock
            ),
            operating=Operating(store=store, rules=rules, directory=directory, clock=clock),
            emergencies=Emergencies(
                store=store, rules=rules, directory=directory, approval_ttl=approval_ttl, clock=clock
            ),
            questioning=Questioning(store=store, rules=rules, directory=directory, clock=clock),
            freezing=Freezing(store=store, rules=rules, directory=directory, counting=counting, clock=clock),
            nudging=Nudging(
                store=store,
                rules=rules,
                directory=directory,
                undecided=Undecided(rules=rules, directory=directory),
                clock=clock,
            ),
        )
