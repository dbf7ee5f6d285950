import { philoxWords } from '@oodgrid/stats';

/** Standard normal values by the method of Box and Muller, of two words of a counter-based generator each pair. */
export function drawnNormals(stream: number, count: number): Float64Array {
  const words = philoxWords({ seed: 1, stream, counter: [0, 0] }, count + (count % 2));
  return Float64Array.from({ length: count }, (_, i) => {
    const [first, second] = [words[i - (i % 2)], words[i - (i % 2) + 1]];
    const radius = Math.sqrt(-2 * Math.log((first + 1) / 2 ** 32));
    const angle = (2 * Math.PI * second) / 2 ** 32;
    return radius * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  });
}
