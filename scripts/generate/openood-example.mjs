/**
 * examples/openood-fmnist.yaml: FashionMNIST against six OOD sets by the protocol `openood`, with every method of the catalog that needs neither other
 * models nor options, and FSSD with the bundled noise images. A new method of the catalog is in it without anyone's doing.
 */
export function openoodExample(methods) {
  const needsNothing = ({ models, config }) => models === undefined && config.safeParse({}).success;
  const [named, leftOut] = [true, false].map((wanted) =>
    methods.filter((method) => needsNothing(method) === wanted).map(({ name }) => name),
  );
  const entry = (name) => (name === 'fssd' ? '{ name: fssd, noise: paper }' : name);
  return `# yaml-language-server: $schema=../schemas/grid.schema.json
# Made by npm run generate from the catalog of methods.
# FashionMNIST against six OOD sets by the protocol of OpenOOD, with every method that needs no other model; settings are chosen on a seventh set, which
# is not tested. One pass over each set serves all methods without gradients. Left out, because they need other models: ${leftOut.join(', ')}.
name: openood-fmnist
protocol: openood
seed: 42
models:
  - lenet-fmnist
pairs:
  - { id: fashion-mnist, ood: { synthetic: inverted, of: fashion-mnist }, group: near }
  - { id: fashion-mnist, ood: { synthetic: rotated, of: fashion-mnist }, group: near }
  - { id: fashion-mnist, ood: { synthetic: shuffled-patches, of: fashion-mnist }, group: near }
  - { id: fashion-mnist, ood: mnist-10k, group: far }
  - { id: fashion-mnist, ood: { synthetic: uniform }, group: far }
  - { id: fashion-mnist, ood: { synthetic: blobs }, group: far }
chooseOn: { synthetic: permuted-pixels, of: fashion-mnist, count: 1000 }
methods:
${named.map((name) => `  - ${entry(name)}\n`).join('')}`;
}
