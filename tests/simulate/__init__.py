"""The simulation: whole replicas of the bot between stand-ins, in virtual time, with trouble drawn from one seed.

Nothing here waits for a real clock, a real thread or a real socket, so a seed replays exactly. What runs is the bot
as `bot.wiring.build` makes it, Bolt and all; what is replaced is the loop, the network and the randomness.

::

    loop.py        time that jumps from event to event; what a replica asks of its database or the network passes a gate
    network.py     Slack and JD Cloud in the same process, behind a network that delays, loses and repeats
    replica.py     one process of the bot: started, killed, paused, stopped
    people.py      requesters and approvers, who press whatever they see
    ruled.py       rules in a file, and freezes: what may begin when
    emergencies.py questions and emergencies, where there are rules
    invariants.py  what must hold at every step, and what in the end
    machines.py    likewise of machines: who stops them, who starts them, and that none is left off
    world.py       one run of one seed
    mutants.py     ways to break the bot on purpose, each of which the simulation finds
"""
