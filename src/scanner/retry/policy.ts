/**
 * Every number that says how long silence lasts, when a probe is sent again and how often before silence stands. Times in
 * milliseconds. docs/architecture.md has the same table.
 */

/** RFC 6298 section 2: one second until the first answer is measured. */
export const INITIAL_RTO_MS = 1000;
/**
 * When systems repeat a SYN or a SYN-ACK that was lost, after it was first sent: Linux and Windows 10 after one, three and seven seconds, an older
 * Windows after three (RFC 6298 and RFC 1122).
 */
const RETRANSMISSIONS_MS = [1000, 3000, 7000];
/** A timer may fire so much earlier, and a busy machine look so much later. */
const RETRANSMISSION_RANGE_MS = { earlier: 50, later: 300 } as const;
/** Whether an answer that came so much later than another one may be due to a retransmission. */
export const isRetransmissionLater = (ms: number): boolean =>
  RETRANSMISSIONS_MS.some(
    (at) => ms >= at - RETRANSMISSION_RANGE_MS.earlier && ms <= at + RETRANSMISSION_RANGE_MS.later,
  );
/**
 * RFC 6298 asks for a floor of one second, so that retransmission does not add to congestion. A probe is one packet that
 * is repeated a few times at most, so the floor here is nmap's (--min-rtt-timeout, 100 ms): above every delayed wake-up of a
 * busy machine. It is added to the round trip, for a steady path of 150 ms would leave no room otherwise.
 */
export const RTO_MARGIN_MS = 100;

/**
 * The same for repetitions in an audit that have controls beside them and a more patient one after them: a stall of the path
 * silences the controls, too.
 */
export const RTO_MARGIN_BESIDE_CONTROLS_MS = 30;
/**
 * Those repetitions wait no longer than so many of the last round trips took, and four times what they differed: the controls beside them measure
 * one in each round. With fewer, or by less, answers of a path whose round trips vary come late more often than by RFC 6298.
 */
export const ROUND_TRIPS_BESIDE_CONTROLS = 4;

/** Silent attempts after which a host of which nothing ever answered is left alone; the last of them waits `--timeout`. */
export const ATTEMPTS_WITHOUT_ANSWER = 2;

/** In a `check`, how long the sample waits for a first answer, so that it is known how long silence lasts here. */
export const WARM_UP_MS = 150;
/** Longest wait for an ICMP echo. */
export const ECHO_WAIT_MS = 1000;
/**
 * How often a connection for a conversation is tried on a port that was seen to accept, and how many round trips a whole conversation may
 * take beyond its limit.
 */
export const TALKS = { connects: 2, roundTrips: 8 } as const;
/** How long Linux and Windows ask for a neighbour (ARP, RFC 4861 section 10: three requests, a second apart), less a margin. */
export const NEIGHBOUR_SEARCH_MS = 2500;

/** The first look at each host of an audit: no longer than this, and less once its neighbours' round trips are known. */
export const FIRST_LOOK = { mostMs: 300, rttFactor: 2, marginMs: 75 } as const;
/** The last look at a host of an audit where nothing answered, by its neighbours' round trips. */
export const LAST_LOOK = { rttFactor: 4, leastMs: 400 } as const;
/** Last looks at most at a host where nothing answered, while a limit or loss takes probes to its neighbours, too. */
export const LIMITED_LOOKS = 4;
/** Probes on new flows at most that measure the round trip of a host of which only a bound is known. */
export const MEASURING_PROBES = 3;
/**
 * Behind each last look so many probes go at once to a neighbour that answered, so that a limit which lets one of them pass by chance
 * takes another. `behindMs`: until those of the look have left. So many are remembered, since a limit is met and left again. `chance`: of
 * losing as many by the loss of the path; there are some tens of looks in an audit, and rounds of the controls of hosts by the thousand.
 */
export const GROUP_CONTROLS = { each: 3, behindMs: 10, remembered: 32, chance: 1e-5 } as const;
/**
 * A host that so many processes of a run have begun, each gone before the host was judged, is probed by the next one in a hurry: no
 * wait for an answer is longer than a round trip over a satellite (600 ms) and what goes with it, and nothing is looked at closely.
 * Otherwise a run that is killed all the time never ends.
 */
export const HURRY = { begunBefore: 3, mostMs: 700 } as const;
/** Hosts that must have answered before their round trips are used for their neighbours. */
export const NEIGHBOURS_KNOWN_FROM = 3;

/**
 * Probes that all go unanswered before silence that decides by itself stands. With 10 % of packets lost each way a probe goes
 * unanswered about once in five by chance, seven in a row less than once in 100,000: whatever loss few answers let measure.
 */
const ENOUGH_SILENCE = 7;
/** Never more than this: on so lossy a path silence stays weak evidence. */
const MOST_SILENCE = 12;
/** Chance of taking loss for a filter that a silence which decides may leave. */
const CHANCE_OF_LOSS = 1e-6;
/** Loss that is taken for granted where none was measured, a share of probes. */
export const LOSS_ASSUMED = 0.1;

/** How many losses in a row are as rare as `chance`; a whole number stays one, whatever logarithms make of its last digit. */
const unansweredBelow = (chance: number, loss: number): number =>
  Math.ceil(Math.log(chance) / Math.log(loss) - 1e-9);

/** How many probes in a row must go unanswered before silence that decides by itself stands, by the measured loss (0..1). */
export const enoughSilence = (loss: number): number =>
  Math.min(
    MOST_SILENCE,
    Math.max(ENOUGH_SILENCE, unansweredBelow(CHANCE_OF_LOSS, Math.min(0.9, Math.max(LOSS_ASSUMED, loss)))),
  );

/** Chance that one silent flow of several, which together decide, was silent by loss. */
const CHANCE_OF_LOST_FLOW = 1e-3;

/**
 * How many probes on each of `silent` flows of a port must go unanswered, where other flows of it answer: together they decide
 * like one silence, each by itself only changes a count.
 */
export const flowSilence = (loss: number, silent: number): number => {
  const each = unansweredBelow(CHANCE_OF_LOST_FLOW, Math.min(0.9, Math.max(LOSS_ASSUMED, loss)));
  return Math.min(MOST_SILENCE, Math.max(each, Math.ceil(enoughSilence(loss) / Math.max(1, silent))));
};

/**
 * Rounds in which the silent flows of a port are probed beside flows that answer, before it counts as dropped on some of its paths: one
 * flow that stays silent eight times beside eight answers is chance once in 12,870.
 */
export const SPLIT_ROUNDS = 12;

/** The shortest last wait for a port that decides by itself, as a multiple of the round trip and at least. */
export const PATIENT_LOOK = { rttFactor: 4, leastMs: 1300 } as const;
/** The same in an audit, where the neighbours have shown how slow the path is; no longer than the RTO of a second attempt, or the least. */
export const PATIENT_LOOK_BULK = { rttFactor: 4, leastMs: 200 } as const;

/**
 * Controls of a host that fail as often as loss would make them fail with a smaller chance than this are a limit's doing. An audit of 1,024
 * hosts probes some 4,000 controls, and one wrong answer slows a whole subnet down.
 */
export const CHANCE_OF_LOST_CONTROL = 1e-7;
/**
 * A silent control is probed without a pause until loss explains its silence with no more than this chance: pauses cost seconds. It says when
 * to pause, and not what is a limit.
 */
const CONTROLS_AT_ONCE = { chance: 1e-4, fewest: 2, most: 6 } as const;

/**
 * Ports that answered are probed again beside the silent ones (controls). One that is silent is probed again at once, as often as
 * the measured loss (0..1) may explain, which separates loss from a rate limit.
 */
export const controlsAtOnce = (loss: number): number =>
  Math.min(
    CONTROLS_AT_ONCE.most,
    Math.max(CONTROLS_AT_ONCE.fewest, unansweredBelow(CONTROLS_AT_ONCE.chance, Math.min(0.9, loss))),
  );
/**
 * After that a silent control is probed again after these pauses, which outlast a ban of three seconds; where all stay unanswered,
 * answers have stopped.
 */
export const CONTROL_PAUSES_MS = [200, 1000, 2500] as const;
/** Rounds whose silence did not count because a control was silent in them, after which answers have stopped, too. */
export const MOST_VOID_ROUNDS = 6;
/**
 * Controls that were lost and answered when probed again at once are loss, unless more than this share of them were, `few` at least,
 * and the loss of the path does not explain it: then it is a limit. A limit makes the loss that is measured on its host look high, so that
 * loss explains no more than `most` of them would.
 */
export const CONTROL_LOSS = { few: 3, share: 0.25, most: 0.25 } as const;
/** Void rounds in a row that are loss where none was measured. */
const VOID_IN_A_ROW = 3;
/** How many void rounds in a row are loss, where a round is void by loss with this chance (0..1); one more is a limit. */
export const voidRoundsInARow = (roundLoss: number): number =>
  Math.max(VOID_IN_A_ROW, unansweredBelow(CHANCE_OF_LOST_CONTROL, Math.min(0.9, roundLoss)));
/** Rounds of probes to a silent port that decides in which all controls answered; what was silent before may be a limit's doing. */
export const CONFIRMED_ROUNDS = 2;
/** Rounds more at most, where controls are lost: two for each. */
export const MOST_EXTRA_ROUNDS = 4;
/** Looks at a silent port on one flow, where flows are changed. */
export const LOOKS_PER_FLOW = 2;
/** Probes to controls behind anything that a filter may have done. */
export const ENOUGH_CONTROLS = 3;

/** Pauses before a soft ICMP error (host-, net-unreachable, time exceeded; RFC 1122 section 4.2.3.9) is asked about again. */
export const SOFT_ERROR_PAUSES_MS = [500, 1500] as const;

/** Flows (source ports) over which a required port is probed; one of two equal paths that drops it is missed once in 256. */
export const FLOWS = 8;
/** Flows to a port that answers that are begun at the same time: a listener with a short backlog drops what comes at once. */
export const FLOWS_AT_ONCE = 2;
/** Attempts on each further flow of a port whose first flow stayed silent: most such ports are silent on all. */
export const ATTEMPTS_BESIDE_SILENCE = 2;
/**
 * Silent sampled ports of a host that refuses unused ones, which are probed over so many flows each before their silence stands: it is
 * enough to see that silence depends on the flow.
 */
export const SAMPLED_FLOWS = { ports: 8, each: 4 } as const;
/**
 * Sampled ports, or flows of a port in an audit, that answered only when probed again (late): so many, and for sampled ports so large a share
 * of those that answered, may be more than loss. Where every other packet is dropped, 96 of 100 hosts have two such flows
 * among eight. They are loss, which is not looked into, unless loss explains them with less than the chance `likely`; and all flows of a port
 * together, when as many more were probed, `unlikely`, since a comparison takes seconds.
 */
export const LATE_FLOWS = { fewest: 2, share: 0.1, likely: 0.05, unlikely: 0.01 } as const;
/** In an audit the flows of the first hosts of a subnet stand for the others. */
export const FLOW_HOSTS_PER_SUBNET = 2;
/**
 * Flows of the hop comparisons of one trace, for the port and for the control each: those that decide where every reply comes, and all,
 * which are 40 packets; more where so large a share of probes is lost that those would often prove nothing.
 */
export const COMPARED_FLOWS = { first: 8, most: 20, mostOfLossy: 24, lossyFrom: 0.1 } as const;
/** Of the hop comparisons of one trace, by the share of probes that is lost (0..1). */
export const mostComparedFlows = (loss: number): number =>
  loss >= COMPARED_FLOWS.lossyFrom ? COMPARED_FLOWS.mostOfLossy : COMPARED_FLOWS.most;

/**
 * Pairs of probes at a hop: after so many that it answers neither of, it is taken to be mute; so many leave as soon as the one before has
 * ended, since routers have a burst of errors, of which the traces took some.
 */
export const HOP_PAIRS = { mute: 4, atOnce: 4 } as const;
/**
 * How often a silent hop is probed again: one of the control's, a pause apart, when a filter is to be placed, and the one before the end of a
 * trace, which decides whether an answer came from farther than it.
 */
export const HOP_REPEATS = { control: 2, last: 5 } as const;

/** Single packets at most, to a port and to a control each, that show a path which drops some of them. */
export const COMPARED_PACKETS = 40;

/**
 * Packets that look for further routers at one hop, and at all hops of a path, in a `check`: of two routers of equal cost the second
 * is missed once in 256.
 */
export const HOP_FLOWS = { each: 8, all: 16 } as const;

/** Between two packets to a port that accepts: a listener with a short backlog drops what comes faster. */
export const LISTENER_PAUSE_MS = 200;

/**
 * Linux routers send one ICMP error a second to one machine after a burst of six (icmp_ratelimit, icmp(7)); after this pause
 * there is one again.
 */
export const ICMP_PAUSE_MS = 1100;

/** A search probes some thirty reachable ports for each edge; one of them lost would be another edge. */
const CHANCE_OF_LOST_EDGE = 3e-6;

/**
 * Probes to each port at an edge of a filtered range before silence there is sure, by the loss measured with so many answers: one
 * standard error more is assumed (Wilson's score interval), since few answers measure it badly.
 */
export const edgeSilence = (loss: number, answers: number): number => {
  const n = Math.max(1, answers);
  const likely = (loss + 0.5 / n + Math.sqrt((loss * (1 - loss)) / n + 0.25 / n ** 2)) / (1 + 1 / n);
  return unansweredBelow(CHANCE_OF_LOST_EDGE, Math.min(0.9, Math.max(0.02, likely)));
};
/** Where an edge would need more than this, it is not exact. */
export const MOST_EDGE_SILENCE = 10;
/** Rounds in a row that did not count, after which a map is given up, and faults of this machine after which a silent port is left alone. */
export const MAP_LIMITS = { voidRounds: 4, faults: 3 } as const;

/**
 * How long a host that accepts nothing waits for a neighbour's accept, to compare the TTL of its resets with: so long once, and again
 * up to so many rounds while a neighbour that accepts is still being looked at, which on a slow path takes that long.
 */
export const NEIGHBOUR_WAIT = { firstMs: 2000, rounds: 8 } as const;

/** TTL probes to one port are repeated this often where only an answer is evidence. */
export const TTL_REPEATS = 3;
/** Further flows over which a suspect TTL is compared, so that one of several return paths is not taken for another sender. */
export const TTL_FLOWS = 3;

/** When this machine is short of descriptors, ports or buffers: how long a probe waits for them before it is given up. */
export const SHORTAGE_WAIT_MS = 60_000;

/** Linux sends a SYN again after one second, then two, four and so on (RFC 6298, TCP_TIMEOUT_INIT). */
export const kernelRetransmissions = (waitedMs: number): number =>
  Math.floor(Math.log2(waitedMs / INITIAL_RTO_MS + 1));
