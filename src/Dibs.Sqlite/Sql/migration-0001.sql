-- Schema 1: everything that a namespace keeps. Times are microseconds since 1970 UTC; states, modes and the like are the numbers of JobState, ReservationMode, OnWorkerLost, Isolation and WorkerRequest.
-- Truth: job, content, reservation (with ticket and held), dependency, the counters of namespace, capacity of resource, worker.
-- Derived, and rebuilt by repair: held and waiting of resource, blockers, dependencies and ready_key of job, pending, tally.

CREATE TABLE namespace (
  ns INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  ticket INTEGER NOT NULL DEFAULT 0,
  fence INTEGER NOT NULL DEFAULT 0,
  ready_at INTEGER NOT NULL DEFAULT 0,
  beat_order INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The hot part of a job. seq is the order of creation. worker is the incarnation that runs it, worker_name the last one that did.
CREATE TABLE job (
  seq INTEGER PRIMARY KEY,
  ns INTEGER NOT NULL,
  id TEXT NOT NULL,
  state INTEGER NOT NULL,
  reason TEXT,
  queue TEXT NOT NULL,
  priority INTEGER NOT NULL,
  method TEXT,
  reserves INTEGER NOT NULL,
  dependencies INTEGER NOT NULL,
  ticket INTEGER,
  blockers INTEGER NOT NULL,
  ready_key INTEGER,
  attempt INTEGER NOT NULL DEFAULT 0,
  fence INTEGER,
  worker INTEGER,
  worker_name TEXT,
  unnamed INTEGER NOT NULL DEFAULT 0,
  on_worker_lost INTEGER NOT NULL,
  losses INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  run_at INTEGER,
  admitted_at INTEGER,
  ready_at INTEGER,
  started_at INTEGER,
  canceling_at INTEGER,
  finished_at INTEGER
) STRICT;
CREATE UNIQUE INDEX job_id ON job (ns, id);
CREATE INDEX job_state ON job (ns, state, seq);
CREATE INDEX job_due ON job (ns, run_at, seq) WHERE state = 0;
CREATE INDEX job_ready ON job (ns, queue, ready_key, ticket, ready_at) WHERE state = 2;
CREATE INDEX job_worker ON job (worker, fence) WHERE worker IS NOT NULL;
CREATE INDEX job_finished ON job (ns, finished_at, seq) WHERE finished_at IS NOT NULL;

-- What never changes and may be large.
CREATE TABLE content (
  job INTEGER PRIMARY KEY,
  digest BLOB NOT NULL,
  content BLOB NOT NULL,
  parent TEXT,
  requeue_of TEXT
) STRICT;

-- One row per reservation, n in the order of the resources. ticket is set while the job stands in line (held = 0) or holds it (held = 1).
CREATE TABLE reservation (
  job INTEGER NOT NULL,
  n INTEGER NOT NULL,
  ns INTEGER NOT NULL,
  resource TEXT NOT NULL,
  mode INTEGER NOT NULL,
  capacity INTEGER,
  held INTEGER NOT NULL,
  ticket INTEGER,
  PRIMARY KEY (job, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX reservation_place ON reservation (ns, resource, held, ticket, mode) WHERE ticket IS NOT NULL;
CREATE INDEX reservation_resource ON reservation (ns, resource, job);

-- A resource that somebody holds or waits for. held: number of shared holders, or -1 for an exclusive one.
CREATE TABLE resource (
  ns INTEGER NOT NULL,
  name TEXT NOT NULL,
  held INTEGER NOT NULL,
  waiting INTEGER NOT NULL,
  capacity INTEGER,
  PRIMARY KEY (ns, name)
) STRICT, WITHOUT ROWID;

-- prerequisite is the job with this id until the dependent was told of its end.
CREATE TABLE dependency (
  job INTEGER NOT NULL,
  n INTEGER NOT NULL,
  id TEXT NOT NULL,
  prerequisite INTEGER,
  PRIMARY KEY (job, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX dependency_prerequisite ON dependency (prerequisite, job) WHERE prerequisite IS NOT NULL;

-- Work left, first in first out by n: a resource whose head of line fits, or an ended job with dependents not told.
CREATE TABLE pending (
  ns INTEGER NOT NULL,
  n INTEGER NOT NULL,
  resource TEXT,
  job INTEGER,
  PRIMARY KEY (ns, n)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX pending_resource ON pending (ns, resource) WHERE resource IS NOT NULL;
CREATE UNIQUE INDEX pending_job ON pending (job) WHERE job IS NOT NULL;

CREATE TABLE tally (
  ns INTEGER NOT NULL,
  queue TEXT NOT NULL,
  state INTEGER NOT NULL,
  jobs INTEGER NOT NULL,
  PRIMARY KEY (ns, queue, state)
) STRICT, WITHOUT ROWID;

-- A live incarnation. exchange and answer are those of its last exchange; overdue has the ids of jobs that should have stopped, a blank between them.
CREATE TABLE worker (
  worker INTEGER PRIMARY KEY,
  ns INTEGER NOT NULL,
  incarnation TEXT NOT NULL,
  name TEXT NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  version TEXT NOT NULL,
  slots INTEGER NOT NULL,
  lease INTEGER NOT NULL,
  isolation INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  beat INTEGER NOT NULL DEFAULT 0,
  beat_at INTEGER NOT NULL,
  beat_order INTEGER NOT NULL,
  memory INTEGER NOT NULL DEFAULT 0,
  overdue TEXT NOT NULL DEFAULT '',
  asked INTEGER NOT NULL DEFAULT 0,
  claims INTEGER NOT NULL DEFAULT 0,
  exchange INTEGER,
  answer BLOB
) STRICT;
CREATE UNIQUE INDEX worker_incarnation ON worker (ns, incarnation);
CREATE INDEX worker_name ON worker (ns, name);
CREATE INDEX worker_beat_order ON worker (ns, beat_order);

CREATE TABLE worker_queue (
  worker INTEGER NOT NULL,
  n INTEGER NOT NULL,
  ns INTEGER NOT NULL,
  queue TEXT NOT NULL,
  PRIMARY KEY (worker, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX worker_queue_queue ON worker_queue (ns, queue, worker);

-- How a job ended, as far as there is something to say.
CREATE TABLE outcome (
  job INTEGER PRIMARY KEY,
  result BLOB,
  exit_code INTEGER,
  exit_signal INTEGER,
  error_type TEXT,
  error_message TEXT,
  error_detail TEXT
) STRICT;

-- Attempts that ended without ending the job, or otherwise than the job. Another one that runs or ended the job is in the job itself.
CREATE TABLE attempt (
  job INTEGER NOT NULL,
  n INTEGER NOT NULL,
  worker_name TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  error_type TEXT,
  error_message TEXT,
  error_detail TEXT,
  PRIMARY KEY (job, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE label (
  job INTEGER NOT NULL,
  name TEXT NOT NULL,
  ns INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (job, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX label_value ON label (ns, name, value, job);

CREATE TABLE progress (
  job INTEGER NOT NULL,
  n INTEGER NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  done INTEGER NOT NULL,
  total INTEGER,
  state TEXT NOT NULL,
  suffix TEXT,
  PRIMARY KEY (job, n)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX progress_code ON progress (job, code);

CREATE TABLE created (
  job INTEGER NOT NULL,
  n INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (job, n)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX created_name ON created (job, name);

CREATE TABLE log (
  job INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  n INTEGER NOT NULL,
  at INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (job, attempt, n)
) STRICT, WITHOUT ROWID;

-- What belongs to a job or an incarnation goes with it.
CREATE TRIGGER job_deleted AFTER DELETE ON job BEGIN
  DELETE FROM content WHERE job = old.seq;
  DELETE FROM reservation WHERE job = old.seq;
  DELETE FROM dependency WHERE job = old.seq;
  DELETE FROM outcome WHERE job = old.seq;
  DELETE FROM attempt WHERE job = old.seq;
  DELETE FROM label WHERE job = old.seq;
  DELETE FROM progress WHERE job = old.seq;
  DELETE FROM created WHERE job = old.seq;
  DELETE FROM log WHERE job = old.seq;
END;
CREATE TRIGGER worker_deleted AFTER DELETE ON worker BEGIN
  DELETE FROM worker_queue WHERE worker = old.worker;
END;
