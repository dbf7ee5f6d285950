import { OodError } from '@oodgrid/contract';
import { type FileMetaData, parquetMetadata, parquetSchema, type SchemaTree } from 'hyparquet';
import { parquetReadColumn } from 'hyparquet/src/read.js';
import { compressors } from 'hyparquet-compressors';
import type { ArrayType, ListedArray, NumericArray } from './array-types.js';
import { arrayOf } from './parquet-values.js';
import { type Refuse, refuser, whatIsThisFile } from './what-is-this-file.js';

/** Columns of a Parquet file that are arrays: numbers are [n], lists of k numbers [n, k], lists of lists [n, k, l]. */
export interface ParquetFile {
  readonly keys: readonly string[];
  /** Lists the columns of the file, for messages. Lengths of lists are known only once they are read. */
  list(): readonly ListedArray[];
  /** Throws `corrupt-data` for what is not an array of numbers, `resource-exhausted` for what does not fit into memory. */
  read(key: string): Promise<NumericArray>;
}

interface Column {
  readonly key: string;
  /** Number of lists within each other. */
  readonly depth: number;
  readonly title: string;
  /** Undefined for what is not numbers. */
  readonly dtype: ArrayType | undefined;
}

const MIB = 1024 ** 2;
/** A value stands in memory as decoded, in the list of its row, and in the array. */
const BYTES_PER_VALUE = 32;
/** Arrow's name for tensors of a fixed shape, of which Parquet itself keeps the values without the shape. */
const FIXED_SHAPE_TENSOR = 'arrow.fixed_shape_tensor';

const TYPES: Readonly<Record<string, ArrayType>> = {
  BOOLEAN: 'bool',
  INT32: 'int32',
  INT64: 'int64',
  FLOAT: 'float32',
  DOUBLE: 'float64',
};
/** Name that pandas gives an index without one. */
const PANDAS_INDEX = /^__index_level_\d+__$/;
/** Narrow type stored as an integer of 32 or 64 bits. */
const NARROW_TYPES: Readonly<Record<string, ArrayType>> = {
  INT_8: 'int8',
  INT_16: 'int16',
  INT_32: 'int32',
  INT_64: 'int64',
  UINT_8: 'uint8',
  UINT_16: 'uint16',
  UINT_32: 'uint32',
  UINT_64: 'uint64',
};

/** Whether a file begins as Parquet's do. */
export const isParquet = (bytes: Uint8Array): boolean => whatIsThisFile(bytes)?.kind === 'parquet';

/** Opens a Parquet file, packed or not. Throws `corrupt-data` naming `name`. */
export function openParquet(
  bytes: Uint8Array,
  name: string,
  freeBytes: () => number = () => process.availableMemory(),
): ParquetFile {
  const refuse = refuser(bytes, name, 'parquet', 'Parquet file');
  const metadata = readable(refuse, () => parquetMetadata(bytes));
  const columns = readable(refuse, () => parquetSchema(metadata).children.map(columnOf));
  if (columns.length === 0) return refuse('it has no column');
  const rows = Number(metadata.num_rows);
  return {
    keys: columns.map(({ key }) => key).filter((key) => !PANDAS_INDEX.test(key)),
    list: () =>
      columns.map(({ key, title, depth }) =>
        depth === 0
          ? { key, title, shape: [rows] }
          : { key, title: `${'list of '.repeat(depth)}${title} [${rows} rows]` },
      ),
    read: async (key) => {
      const column = columns.find((one) => one.key === key);
      if (column === undefined) throw new OodError('not-found', `${name}: no column "${key}"`);
      const where = `${name}: column ${JSON.stringify(key)}`;
      requireNumbers(column, metadata, where, freeBytes());
      const values = await parquetReadColumn({
        file: {
          byteLength: bytes.length,
          slice: (from, to) => new Uint8Array(bytes.subarray(from, to)).buffer,
        },
        metadata,
        columns: [key],
        compressors,
        utf8: false,
      }).catch((cause: unknown) => refuse(`column ${JSON.stringify(key)}: ${OodError.from(cause).message}`));
      if (values.length !== rows)
        return refuse(`column "${key}" has ${values.length} rows, the file ${rows}`);
      return arrayOf(values, column.dtype, where);
    },
  };
}

function readable<T>(refuse: Refuse, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    return refuse(OodError.from(cause).message);
  }
}

function columnOf(tree: SchemaTree): Column {
  let [node, depth] = [tree, 0];
  // A list is a group of a repeated group of one element; old writers leave the group between out.
  while (node.element.converted_type === 'LIST' || node.element.logical_type?.type === 'LIST') {
    const [repeated] = node.children;
    if (repeated === undefined || node.children.length > 1) break;
    node = repeated.children.length === 1 ? (repeated.children[0] ?? repeated) : repeated;
    depth++;
  }
  const dtype = node.children.length === 0 ? typeOf(node) : undefined;
  const { type, converted_type, logical_type } = node.element;
  const title = dtype ?? (logical_type?.type ?? converted_type ?? type ?? 'record').toLowerCase();
  return { key: tree.element.name, depth, dtype, title };
}

function typeOf({ element }: SchemaTree): ArrayType | undefined {
  const { type, type_length, converted_type, logical_type } = element;
  if (type === 'FIXED_LEN_BYTE_ARRAY')
    return logical_type?.type === 'FLOAT16' && type_length === 2 ? 'float16' : undefined;
  if (logical_type !== undefined && logical_type.type !== 'INTEGER') return undefined;
  if (converted_type !== undefined) return NARROW_TYPES[converted_type];
  return type === undefined ? undefined : TYPES[type];
}

/** Checks from the schema alone that a column holds numbers. */
function requireNumbers(
  { key, dtype, depth, title }: Column,
  { row_groups, key_value_metadata }: FileMetaData,
  where: string,
  freeBytes: number,
): void {
  if (dtype === undefined)
    throw new OodError(
      'corrupt-data',
      `${where} is ${title}, no numbers of a type that is read; save it as float32 or integers`,
    );
  const schema = key_value_metadata?.find((one) => one.key === 'ARROW:schema')?.value ?? '';
  if (depth > 0 && Buffer.from(schema, 'base64').includes(FIXED_SHAPE_TENSOR))
    throw new OodError(
      'corrupt-data',
      `${where} may be tensors of a fixed shape, of which Parquet keeps no shape that is read; save lists of lists, or npz or safetensors`,
    );
  const values = row_groups
    .flatMap(({ columns }) => columns)
    .filter(({ meta_data }) => meta_data?.path_in_schema[0] === key)
    .reduce((sum, { meta_data }) => sum + Number(meta_data?.num_values ?? 0), 0);
  const needed = values * BYTES_PER_VALUE;
  if (!(needed <= freeBytes))
    throw new OodError(
      'resource-exhausted',
      `${where} has ${values} values and needs ${Math.ceil(needed / MIB)} MiB of memory while it is read; ${Math.floor(freeBytes / MIB)} MiB are free: save it as npy or safetensors, which need less`,
    );
}
