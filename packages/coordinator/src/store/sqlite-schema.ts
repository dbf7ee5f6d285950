/** Bumped when the tables change; a store of another version is refused. */
export const VERSION = 1;

export const SCHEMA = `
create table if not exists identity (id text not null);
create table if not exists journal (seq integer primary key, records text not null);
create table if not exists chunks (
  token text not null, key text not null, offset_rows integer, rows integer, columns integer,
  data blob, blob text
);
create index if not exists chunks_by_token on chunks (token);
create table if not exists results (
  key text primary key, rows integer, columns integer, data blob, crc integer, blob text
) without rowid;
create table if not exists fresh (
  id integer primary key, key text not null, rows integer, columns integer, data blob, crc integer, blob text
);
`;

/** Appends `count` results to the table of fresh ones. */
export const insertFresh = (count: number): string =>
  `insert into fresh (key, rows, columns, data, crc, blob) values ${Array(count).fill('(?, ?, ?, ?, ?, ?)').join(', ')}`;
