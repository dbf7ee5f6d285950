import type { TensorEntry } from '@oodgrid/formats';
import { zipSync } from 'fflate';

/** A checkpoint as a training loop saves it with `torch.save`: `{"epoch": 3, "state_dict": {"module." + name: tensor}}`. */
export function writeTorchCheckpoint(tensors: ReadonlyMap<string, TensorEntry>): Uint8Array {
  const members: Record<string, Uint8Array> = {};
  const dict = [...tensors].flatMap(([name, { shape, data }], i) => {
    members[`archive/data/${i}`] = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const strides = shape.map((_, axis) =>
      shape.slice(axis + 1).reduce((product, size) => product * size, 1),
    );
    return [
      text(`module.${name}`),
      'ctorch._utils\n_rebuild_tensor_v2\n((',
      text('storage'),
      'ctorch\nFloatStorage\n',
      text(String(i)),
      text('cpu'),
      integer(data.length),
      'tQ',
      integer(0),
      ...['(', ...shape.map(integer), 't'],
      ...['(', ...strides.map(integer), 't'],
      '\x89ccollections\nOrderedDict\n)RtR',
    ];
  });
  const parts = ['\x80\x02}(', text('epoch'), integer(3), text('state_dict'), '}(', ...dict, 'uu.'];
  members['archive/data.pkl'] = Buffer.concat(parts.map((part) => Buffer.from(part, 'latin1')));
  return zipSync(members, { level: 0 });
}

/** Opcodes as latin1 text. */
const text = (value: string) =>
  `X${uint32(Buffer.byteLength(value))}${Buffer.from(value).toString('latin1')}`;
const integer = (value: number) => `J${uint32(value)}`;

function uint32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes.toString('latin1');
}
