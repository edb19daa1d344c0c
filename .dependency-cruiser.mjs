// The import law: a star, not a tower. docs/architecture.md tells the same in words.
const rooms = [
  'targets',
  'wire',
  'scanner',
  'verdict',
  'output',
  'tui',
  'store',
  'schedule',
  'policy',
  'respond',
  'fleet',
  'notify',
  'serve',
];

export default {
  forbidden: [
    {
      name: 'model-is-the-ground',
      comment:
        'src/model imports nothing: a type that needs a library or a socket belongs in the room that owns it.',
      severity: 'error',
      from: { path: '^src/model/' },
      to: { pathNot: '^src/model/' },
    },
    {
      name: 'ip-is-the-ground-too',
      comment:
        'src/ip says what an IP address is, for everybody: it imports isIP of node:net and nothing else.',
      severity: 'error',
      from: { path: '^src/ip/' },
      to: { pathNot: '^src/ip/|^(node:)?net$' },
    },
    {
      name: 'responder-protocol-is-the-ground-too',
      comment:
        'src/responder-protocol is what both ends of a responder share: the code, the ports it names, the frames and their keys. It imports src/model, src/ip and node:crypto; who waits, dials or listens does that elsewhere.',
      severity: 'error',
      from: { path: '^src/responder-protocol/' },
      to: { pathNot: '^src/(responder-protocol|model|ip)/|^(node:)?crypto$' },
    },
    {
      name: 'text-is-the-ground-too',
      comment:
        'src/text puts things into words, and text into a form where it does no harm, for everybody: it imports types of src/model, string-width for the columns of a terminal, and fast-xml-builder.',
      severity: 'error',
      from: { path: '^src/text/' },
      to: { pathNot: '^src/(text|model)/|node_modules/(string-width|fast-xml-builder)/' },
    },
    {
      name: 'ground-is-shared-enough',
      comment:
        'src/ip and src/text are no drawers: what fewer than three files import belongs into the room that needs it.',
      severity: 'error',
      from: { path: '^(src|probes)/' },
      module: { path: '^src/(ip|text)/', numberOfDependentsLessThan: 3 },
    },
    ...rooms.map((room) => ({
      name: `${room}-knows-no-sibling`,
      comment: `src/${room} may import src/model, src/ip, src/text and itself, and src/respond src/responder-protocol too. What it needs of a sibling arrives as an argument from src/cli; a shared type belongs in src/model.`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: {
        path: '^(src|probes)/',
        pathNot: `^src/(${room}|model|ip|text${room === 'respond' ? '|responder-protocol' : ''})/`,
      },
    })),
    {
      name: 'probes-speak-model-only',
      comment:
        'A probe knows the contracts in src/model, its codecs, and src/responder-protocol. The framework dials; sockets belong in src/wire.',
      severity: 'error',
      from: { path: '^probes/' },
      to: { path: '^src/', pathNot: '^src/(model|ip|text|responder-protocol)/' },
    },
    {
      name: 'codecs-are-pure',
      comment:
        'probes/codec turns bytes into structs and back. Anything that waits, dials or reads a clock belongs in the probe.',
      severity: 'error',
      from: { path: '^probes/codec/' },
      to: { pathNot: '^probes/codec/' },
    },
    {
      name: 'only-wire-touches-sockets',
      comment:
        'Sockets that probe, name look-ups and foreign functions live in src/wire, so that everything else can be tested without a network. src/ip takes isIP, which touches none. src/notify and src/serve may speak HTTP and TLS: they talk to their owner, never to a target.',
      severity: 'error',
      from: { path: '^(src|probes)/', pathNot: '^src/(wire|notify|serve|ip)/' },
      to: { path: '^(node:)?(net|dgram|dns|dns/promises|tls|http|https)$|node_modules/(koffi|net-ping)/' },
    },
    {
      name: 'notify-and-serve-do-not-probe',
      comment:
        'What tells people of a run, or shows it to them, sends nothing to a target: raw sockets and look-ups belong in src/wire.',
      severity: 'error',
      from: { path: '^src/(notify|serve)/' },
      to: { path: '^(node:)?(net|dgram|dns|dns/promises)$|node_modules/(koffi|net-ping)/' },
    },
    {
      name: 'only-notify-sends-mail',
      comment: 'nodemailer opens sockets of its own; mail leaves from src/notify only.',
      severity: 'error',
      from: { path: '^(src|probes)/', pathNot: '^src/notify/' },
      to: { path: 'node_modules/nodemailer/' },
    },
    {
      name: 'only-fleet-knows-the-store',
      comment:
        'The queue engine and its client are optional packages, loaded by src/fleet when a fleet is asked for; one machine needs neither.',
      severity: 'error',
      from: { path: '^(src|probes)/', pathNot: '^src/fleet/' },
      to: { path: 'node_modules/(bullmq|ioredis|pg)/' },
    },
    {
      name: 'only-cli-composes',
      comment:
        'src/cli is the composition root; nothing imports it but src/library, which is the same composition for programs.',
      severity: 'error',
      from: { path: '^(src|probes)/', pathNot: '^src/(cli|library)/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'library-writes-nothing',
      comment:
        'A program that imports the library owns its terminal, its files and its process: nothing of src/library shows, stores or ends anything.',
      severity: 'error',
      from: { path: '^src/library/' },
      to: {
        path: '^src/(tui|store|output|notify|serve|schedule|cli/(main|say|present|terminal|progress|history-.*))',
      },
    },
    {
      name: 'nothing-imports-the-library',
      comment: 'src/library is an entry of its own, as src/cli/main.ts is.',
      severity: 'error',
      from: { path: '^(src|probes)/', pathNot: '^src/library/' },
      to: { path: '^src/library/' },
    },
    {
      name: 'shipped-code-imports-no-tests',
      comment: 'What ships never reaches into test/ or bench/.',
      severity: 'error',
      from: { path: '^(src|probes)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nobody imports this file: dead code goes.',
      severity: 'error',
      from: {
        orphan: true,
        path: '^(src|probes)/',
        pathNot: '^src/cli/main\\.ts$|^src/library/index\\.ts$|\\.d\\.ts$',
      },
      to: {},
    },
    {
      name: 'shipped-code-needs-known-packages',
      comment: 'A package that src or probes import belongs in package.json.',
      severity: 'error',
      from: { path: '^(src|probes)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'unknown', 'undetermined'] },
    },
    {
      name: 'what-the-bundle-leaves-out-is-shipped',
      comment:
        'scripts/build.mjs leaves these out of the bundle, so they belong in dependencies or optionalDependencies; all others are in it and belong in devDependencies.',
      severity: 'error',
      from: { path: '^(src|probes)/' },
      to: { path: 'node_modules/(koffi|libsql|net-ping|bullmq|ioredis)/', dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
