-- The store of one lender.  Times are milliseconds since 1970-01-01T00:00:00Z of the store's clock,
-- days are civil days since 1970-01-01, money is in minor units of the account's currency.
-- Small whole numbers named "enum" are listed in store.h.

-- Facts about the store itself.
CREATE TABLE meta (
  key   TEXT PRIMARY KEY, -- see META_* in store.h
  value NOT NULL
) WITHOUT ROWID;

-- One file that was taken in.  Rows it brought carry its id in `since`; they are visible from the
-- moment it is `done`, which is how a million rows appear at once.
CREATE TABLE import (
  id      INTEGER PRIMARY KEY,
  kind    TEXT NOT NULL,     -- accounts | payments
  mode    TEXT NOT NULL,     -- update | replace | complete; payments: update
  file    TEXT NOT NULL,     -- as the person named it
  at      INTEGER NOT NULL,  -- begun
  actor   TEXT NOT NULL,     -- who did it
  state   INTEGER NOT NULL,  -- enum import_state
  done_at INTEGER,
  taken   INTEGER NOT NULL DEFAULT 0, -- rows that changed something
  known   INTEGER NOT NULL DEFAULT 0, -- rows already known
  refused INTEGER NOT NULL DEFAULT 0, -- rows with a mistake
  closed  INTEGER NOT NULL DEFAULT 0  -- open amounts closed by mode replace or complete
);
CREATE INDEX import_undone ON import (kind) WHERE state = 2;

-- An account is only its name and its person here; what the lists say of it is in account_row.
CREATE TABLE account (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  ref    TEXT NOT NULL UNIQUE, -- account_id of the lists
  person INTEGER NOT NULL,     -- id of the first account of the same person (itself, mostly)
  since  INTEGER NOT NULL,     -- import that first brought it
  born   INTEGER NOT NULL,     -- time of that import
  speaks TEXT,                 -- language the person chose in a call, before that of the list
  special INTEGER NOT NULL DEFAULT 0 -- 1 once it had a hold, promise, opt-out, task, call or skip: without
                                     -- one, five look-ups at each text are saved (see triggers below)
);
CREATE INDEX account_person ON account (person) WHERE person <> id;

-- What accounts.csv said of an account, by import; the row in force has until IS NULL.
CREATE TABLE account_row (
  account   INTEGER NOT NULL,
  since     INTEGER NOT NULL, -- import that brought it
  until     INTEGER,          -- import that replaced it
  name      TEXT NOT NULL,
  phones    TEXT NOT NULL,    -- E.164, separated by ';', in the order to be tried; 'erased' where
                              -- personal data were erased by law (store/erase.h)
  currency  TEXT NOT NULL,    -- ISO 4217
  language  TEXT,             -- BCP 47, NULL: the lender's default
  timezone  TEXT,             -- IANA, NULL: the lender's
  product   TEXT,
  segment   TEXT,
  risk      TEXT,
  cause     TEXT,
  person_id TEXT,
  secret    TEXT,             -- the `check` digits; never leave the store but to a call
  extra     TEXT,             -- JSON object of every other column, NULL when there is none
  PRIMARY KEY (account, since)
) WITHOUT ROWID;

-- An amount due, by import; the row in force has until IS NULL.
CREATE TABLE amount (
  account INTEGER NOT NULL,
  due     INTEGER NOT NULL, -- day
  since   INTEGER NOT NULL,
  until   INTEGER,          -- import that replaced or closed it
  billed  INTEGER NOT NULL,
  given   INTEGER NOT NULL, -- amount_left at import, -1 where the list had none
  PRIMARY KEY (account, due, since)
) WITHOUT ROWID;

CREATE TABLE payment (
  account   INTEGER NOT NULL,
  key       TEXT NOT NULL,    -- "r" + reference, or "p" + paid_on/amount/n
  since     INTEGER NOT NULL, -- import that brought it
  paid_on   INTEGER NOT NULL, -- day
  amount    INTEGER NOT NULL, -- negative: a reversal
  reference TEXT,
  PRIMARY KEY (account, key)
) WITHOUT ROWID;
CREATE INDEX payment_reversal ON payment (since, account) WHERE amount < 0;

-- Which person a number ("n+639...") or a person_id ("pX") means.
CREATE TABLE person_key (
  key    TEXT PRIMARY KEY,
  person INTEGER NOT NULL
) WITHOUT ROWID;

-- Every text, in and out.
CREATE TABLE message (
  id        INTEGER PRIMARY KEY,
  account   INTEGER,          -- NULL: to or from a number no account uses
  person    INTEGER,
  due       INTEGER,          -- campaign: due day of the amount the step follows
  campaign  TEXT,
  step      TEXT,             -- "+7/sms"
  class     INTEGER NOT NULL, -- enum message_class
  direction INTEGER NOT NULL, -- enum message_direction
  sender    TEXT,
  number    TEXT,             -- out: to whom; in: NULL (the lender's number is in `recipient`)
  recipient TEXT,             -- in: the number it was sent to
  body      TEXT,
  template  TEXT,
  language  TEXT,
  route     TEXT,
  status    INTEGER NOT NULL, -- enum message_status
  reason    INTEGER NOT NULL DEFAULT 0, -- enum reason
  encoding  TEXT,
  segments  INTEGER NOT NULL DEFAULT 0,
  price     INTEGER,          -- millionths of the major unit, whole text
  rank      INTEGER NOT NULL DEFAULT 2, -- order in the queue: 0 answers, 1 by hand, 2 campaigns
  at        INTEGER NOT NULL, -- when it is to go (out) or came (in)
  created_at INTEGER NOT NULL,
  handed_at INTEGER,          -- it became `sending`
  sent_at   INTEGER,          -- accepted
  done_at   INTEGER,          -- final
  not_after INTEGER,          -- answers and alerts: useless after that
  answers   INTEGER,          -- id of the incoming message this one answers
  actor     TEXT,             -- who asked for it, when a person did
  sim       INTEGER           -- out: the SIM it waits for (planned) or went by; in: it came by; NULL: any,
                              -- or no modem's
);
CREATE UNIQUE INDEX message_step ON message (account, due, step) WHERE step IS NOT NULL;
CREATE INDEX message_queue ON message (route, rank, at) WHERE status = 0;
CREATE INDEX message_flight ON message (status) WHERE status = 2;
CREATE INDEX message_unknown ON message (number) WHERE status = 7;
CREATE INDEX message_person ON message (person, handed_at) WHERE handed_at IS NOT NULL;
CREATE INDEX message_account ON message (account) WHERE step IS NULL;
CREATE INDEX message_answers ON message (number, created_at) WHERE class = 1;
CREATE INDEX message_sim_used ON message (sim, handed_at, segments, number)
  WHERE sim IS NOT NULL AND handed_at IS NOT NULL;
CREATE INDEX message_sim_waiting ON message (sim) WHERE sim IS NOT NULL AND status = 0;
CREATE INDEX message_sim_number ON message (number) WHERE sim IS NOT NULL AND status <> 0;
CREATE INDEX message_sim_sender ON message (sender) WHERE sim IS NOT NULL AND direction = 1;

-- What became of each part of a text once the operator answered.
CREATE TABLE part (
  message INTEGER NOT NULL,
  n       INTEGER NOT NULL, -- 1..segments
  status  INTEGER NOT NULL, -- enum message_status
  route   TEXT NOT NULL,
  smsc_id TEXT,            -- the operator's message id as given
  smsc_key TEXT,           -- the same folded (gateway/smpp/receipt_id.h), for finding it
  done_at INTEGER,
  PRIMARY KEY (message, n)
) WITHOUT ROWID;
CREATE INDEX part_smsc ON part (smsc_key) WHERE smsc_key IS NOT NULL;

-- Receipts that came before their answer, or for nothing we know.
CREATE TABLE orphan (
  id      INTEGER PRIMARY KEY,
  route   TEXT NOT NULL,
  smsc_id TEXT NOT NULL,
  smsc_key TEXT NOT NULL,
  status  INTEGER NOT NULL, -- enum message_status it reports
  error   TEXT,             -- the operator's error code
  number  TEXT,             -- the borrower it speaks of
  echoed  INTEGER,          -- user_message_reference, where the operator echoes it
  excerpt TEXT,             -- of the text it speaks of: up to 20 characters it quotes; gone with the row,
                            -- within a week
  at      INTEGER NOT NULL  -- true time, whatever the store's clock
);
CREATE INDEX orphan_smsc ON orphan (smsc_key);
CREATE INDEX orphan_number ON orphan (number);

-- Long texts of which one part was reported on and others not yet.
CREATE TABLE partial (
  message INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL -- true time of the first report
);

-- Parts of long incoming texts that wait for the others.
CREATE TABLE fragment (
  sender    TEXT NOT NULL,
  recipient TEXT NOT NULL,
  reference INTEGER NOT NULL,
  total     INTEGER NOT NULL,
  n         INTEGER NOT NULL,
  route     TEXT NOT NULL,
  encoding  INTEGER NOT NULL, -- enum sms_encoding
  header    BLOB NOT NULL,    -- user data header
  octets    BLOB NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (sender, recipient, reference, total, n)
) WITHOUT ROWID;

-- Incoming texts seen lately, to recognise a copy the operator delivers again.
CREATE TABLE seen (
  digest BLOB PRIMARY KEY,
  at     INTEGER NOT NULL -- true time, whatever the store's clock
) WITHOUT ROWID;

-- What an incoming text was read as, and whether a person has dealt with it.
CREATE TABLE inbox (
  message  INTEGER PRIMARY KEY,
  intent   INTEGER NOT NULL, -- enum reply_intent
  language TEXT,
  day      INTEGER,          -- promised day
  amount   INTEGER,
  currency TEXT,
  handled  INTEGER NOT NULL, -- 0 it waits for a person, 1 done
  actor    TEXT,             -- who handled it
  handled_at INTEGER,
  cause    TEXT              -- why they are late, in their own words' kind: job, illness, ... NULL: not said
);
CREATE INDEX inbox_waiting ON inbox (message) WHERE handled = 0;

CREATE TABLE promise (
  id       INTEGER PRIMARY KEY,
  account  INTEGER NOT NULL,
  day      INTEGER NOT NULL, -- promised local day
  amount   INTEGER,          -- NULL: all arrears
  expected INTEGER NOT NULL, -- what `kept` is measured against: amount, or what was due when made
  due      INTEGER NOT NULL, -- day of the oldest amount unpaid when it was made
  currency TEXT NOT NULL,
  source   TEXT NOT NULL,    -- sms | call | web | person
  status   INTEGER NOT NULL, -- enum promise_status
  at       INTEGER NOT NULL,
  import   INTEGER NOT NULL, -- last import visible when made: later payments count
  until    INTEGER NOT NULL, -- first local day on which it is judged
  pauses   INTEGER NOT NULL, -- 0: too far ahead, it does not stop the campaign
  message  INTEGER,          -- incoming text it came by
  actor    TEXT NOT NULL,
  judged_at INTEGER,
  plan     INTEGER,          -- instalment_plan it is a part of
  part     INTEGER,          -- plan_part.n
  judged_import INTEGER,     -- last import visible when judged
  counted  INTEGER,          -- what counted for it then
  paid     INTEGER           -- payments among what came in from `import` to judged_import: fewer now,
                             -- and it is judged anew
);
CREATE INDEX promise_account ON promise (account);
CREATE INDEX promise_judged ON promise (judged_import) WHERE status IN (1, 2);
CREATE INDEX promise_open ON promise (until) WHERE status = 0;

-- Instalment plans agreed with a borrower: at most one open an account.  The part that comes next is
-- the account's open promise; those behind it wait.
CREATE TABLE instalment_plan (
  id       INTEGER PRIMARY KEY,
  account  INTEGER NOT NULL,
  currency TEXT NOT NULL,
  status   INTEGER NOT NULL, -- enum promise_status
  at       INTEGER NOT NULL,
  import   INTEGER NOT NULL, -- last import visible when made: later payments count
  due      INTEGER NOT NULL, -- day of the oldest amount unpaid when it was made
  actor    TEXT NOT NULL,
  ended_at INTEGER
);
CREATE INDEX instalment_plan_account ON instalment_plan (account);

CREATE TABLE plan_part (
  plan     INTEGER NOT NULL,
  n        INTEGER NOT NULL, -- from 1, in the order of days
  day      INTEGER NOT NULL, -- local day it is to be paid
  amount   INTEGER NOT NULL,
  promise  INTEGER,          -- NULL: it waits
  PRIMARY KEY (plan, n)
) WITHOUT ROWID;

CREATE TABLE hold (
  id       INTEGER PRIMARY KEY,
  account  INTEGER NOT NULL,
  reason   INTEGER NOT NULL, -- enum reason
  word     TEXT NOT NULL,    -- the person's own word: dispute, hardship, ...
  from_at  INTEGER NOT NULL, -- in force from then on
  until    INTEGER,          -- first free local day; NULL: until released
  actor    TEXT NOT NULL,
  message  INTEGER,
  released_at INTEGER,
  released_by TEXT
);
CREATE INDEX hold_account ON hold (account);

-- Who asked for no more texts: by number, and by account so that a new number does not lift it.
CREATE TABLE optout (
  key     TEXT PRIMARY KEY, -- "n" + number, or "a" + account rowid; "h" + keyed hash of "n..." once
                            -- the number was erased
  at      INTEGER NOT NULL,
  actor   TEXT NOT NULL,
  message INTEGER
) WITHOUT ROWID;

-- Numbers that are not to be used any more: somebody else's, or refused for good.
CREATE TABLE dead_number (
  number TEXT PRIMARY KEY, -- "h..." as in optout once erased; 'erased' stands for all of those
  reason INTEGER NOT NULL, -- enum reason: WRONG_NUMBER or BARRED; ERASED
  at     INTEGER NOT NULL,
  message INTEGER
) WITHOUT ROWID;

CREATE TABLE task (
  id       INTEGER PRIMARY KEY,
  account  INTEGER,
  person   INTEGER,
  due      INTEGER,          -- campaign: due day of the amount
  step     TEXT,             -- campaign: "+24/task"
  kind     TEXT NOT NULL,    -- what to do
  day      INTEGER NOT NULL, -- local day it is for
  reason   TEXT NOT NULL,    -- why it exists
  status   INTEGER NOT NULL, -- enum task_status
  at       INTEGER NOT NULL,
  message  INTEGER,
  actor    TEXT,
  done_at  INTEGER,
  urgent   INTEGER NOT NULL DEFAULT 0, -- 1: shown before all others while it is open
  call     INTEGER           -- the call it came up in, whose `message` may be to be heard
);
CREATE INDEX task_urgent ON task (id) WHERE urgent = 1 AND status = 0;
CREATE UNIQUE INDEX task_step ON task (account, due, step) WHERE step IS NOT NULL;
CREATE INDEX task_open ON task (day) WHERE status = 0;
CREATE INDEX task_account ON task (account);

-- Every call: of campaigns, by hand, and those that came in.  A step whose call did not get through
-- (busy, nobody answered) has a row for each try.
CREATE TABLE call (
  id          INTEGER PRIMARY KEY,
  account     INTEGER,          -- NULL: with a number no account uses
  person      INTEGER,
  due         INTEGER,          -- campaign: due day of the amount the step follows
  campaign    TEXT,
  step        TEXT,             -- "+10/call"
  try         INTEGER NOT NULL, -- of the step, from 1
  class       INTEGER NOT NULL, -- enum message_class: CAMPAIGN or MANUAL
  direction   INTEGER NOT NULL, -- enum message_direction
  number      TEXT,             -- out: that is called; in: as the network told it, NULL: withheld
  script      TEXT NOT NULL,    -- "" where none answered
  language    TEXT,             -- spoken at the end
  route       TEXT NOT NULL,    -- "": none takes it
  sim         INTEGER,          -- it went or came by
  status      INTEGER NOT NULL, -- enum calls_status
  reason      INTEGER NOT NULL DEFAULT 0, -- enum reason
  outcome     INTEGER,          -- enum calls_outcome, NULL: it is not over, or was never placed
  cause       TEXT,             -- why it ended, in the stick's words
  rank        INTEGER NOT NULL, -- 1 by hand, 2 campaigns
  at          INTEGER NOT NULL, -- when it is to be placed, or came in
  created_at  INTEGER NOT NULL,
  started_at  INTEGER,          -- it became `calling`, or it rang here
  answered_at INTEGER,
  ended_at    INTEGER,          -- or it was cancelled or skipped
  keys        TEXT,             -- that were pressed; '?' for one of the check digits
  verified    INTEGER NOT NULL DEFAULT 0, -- 1: the check digits were right
  heard       TEXT,             -- what it sounded like: person | machine | silence; a label only
  promise     INTEGER,          -- the last one made in it
  details     INTEGER NOT NULL DEFAULT 0, -- 1: they asked for a text about it
  trouble     TEXT,             -- why they cannot pay, in the script's word
  recording   TEXT,             -- hash of calls/HASH.wav: the whole call
  message     TEXT,             -- the same of a message they left
  actor       TEXT              -- who asked for it, when a person did
);
CREATE UNIQUE INDEX call_step ON call (account, due, step, try) WHERE step IS NOT NULL;
CREATE INDEX call_queue ON call (route, at) WHERE status = 0;
CREATE INDEX call_flight ON call (status) WHERE status = 1;
CREATE INDEX call_account ON call (account);
CREATE INDEX call_person ON call (person, started_at);
CREATE INDEX call_sim ON call (sim, started_at) WHERE sim IS NOT NULL;
CREATE INDEX call_number ON call (number);
CREATE INDEX call_recording ON call (recording) WHERE recording IS NOT NULL;
CREATE INDEX call_message ON call (message) WHERE message IS NOT NULL;

-- What people did outside the gateway and told it (dunlin import results): calls, visits, letters;
-- and the gateway's own calls, as what limits and rests count.
CREATE TABLE contact (
  id       INTEGER PRIMARY KEY,
  account  INTEGER NOT NULL,
  key      TEXT NOT NULL,    -- what makes it the same result when it comes again; "call" and its id
  at       INTEGER NOT NULL, -- when it happened
  channel  INTEGER NOT NULL, -- enum campaign_channel
  counts   INTEGER NOT NULL, -- bit set of POLICY_BIT(enum policy_what); 0: no contact, such as `done`
  number   TEXT,             -- that was called, NULL: none was
  result   TEXT NOT NULL,    -- the word of the file: talked, no_answer, promise ...
  note     TEXT,
  task     INTEGER,          -- the work it was the result of
  source   TEXT NOT NULL,    -- results: a file; call: the gateway's own
  actor    TEXT NOT NULL,
  noted_at INTEGER NOT NULL  -- when the store learned of it
);
CREATE UNIQUE INDEX contact_key ON contact (account, key);
CREATE INDEX contact_account ON contact (account, at);

-- Steps a person took out of the plan.
CREATE TABLE skip (
  account INTEGER NOT NULL,
  due     INTEGER NOT NULL,
  step    TEXT NOT NULL,
  at      INTEGER NOT NULL,
  actor   TEXT NOT NULL,
  PRIMARY KEY (account, due, step)
) WITHOUT ROWID;

-- What a link taught us: how its receipts write the id, which parts it reports on.
CREATE TABLE learned (
  route    TEXT NOT NULL,
  what     TEXT NOT NULL,    -- receipt_id | multipart
  value    TEXT NOT NULL,
  evidence INTEGER NOT NULL, -- how often it was seen to hold
  example  TEXT,
  PRIMARY KEY (route, what)
) WITHOUT ROWID;

-- SIMs that were in a modem of ours.  What they have used is counted over message.sim.
CREATE TABLE sim (
  id      INTEGER PRIMARY KEY,
  key     TEXT NOT NULL UNIQUE, -- ICCID, else "i" and the IMSI
  route   TEXT NOT NULL,        -- whose modem it was in last
  iccid   TEXT NOT NULL,        -- "" where the SIM does not say, as the next
  imsi    TEXT NOT NULL,
  imei    TEXT NOT NULL,        -- of the modem it was in last
  address TEXT NOT NULL,        -- its own number where known, else the key: `recipient` of what comes in
  seen_at INTEGER NOT NULL,
  balance TEXT,                 -- as the operator last worded it
  balance_minor INTEGER,        -- the amount in it, minor units of the lender's currency; NULL: none found
  balance_at INTEGER
);
CREATE INDEX sim_address ON sim (address);

-- PINs that were tried: a wrong one is never tried again.  Written before the try.
CREATE TABLE sim_pin (
  key    TEXT NOT NULL,    -- the ICCID, or "e" and the IMEI where a locked SIM does not say
  digest BLOB NOT NULL,    -- of the PIN
  good   INTEGER NOT NULL, -- 1: the SIM took it
  at     INTEGER NOT NULL,
  PRIMARY KEY (key, digest)
) WITHOUT ROWID;

-- Figures of a route on a day of the lender's zone.
CREATE TABLE route_day (
  route    TEXT NOT NULL,
  day      INTEGER NOT NULL,
  sent     INTEGER NOT NULL, -- segments... of texts accepted
  failed   INTEGER NOT NULL,
  PRIMARY KEY (route, day)
) WITHOUT ROWID;

-- How often each rule and reason moved, held or ended a text, for reports.
CREATE TABLE rule_count (
  at     INTEGER NOT NULL, -- begin of the quarter of an hour
  what   INTEGER NOT NULL, -- enum report_rule_what
  reason INTEGER NOT NULL, -- enum reason
  rule   TEXT NOT NULL,    -- of the policy, or a hold's word; '': the reason says all
  n      INTEGER NOT NULL, -- occasions
  PRIMARY KEY (at, what, reason, rule)
) WITHOUT ROWID;

-- The chain: append-only.  hash = BLAKE2b-256 of the previous hash, the metadata, and the salted
-- hash of the payload, so that a payload can be erased by law and the chain still verified.
CREATE TABLE event (
  seq     INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,
  kind    TEXT NOT NULL,
  actor   TEXT NOT NULL,
  account INTEGER,
  message INTEGER,
  data    TEXT,     -- JSON; NULL once erased
  salt    BLOB,     -- 16 octets; NULL once erased
  digest  BLOB,     -- BLAKE2b-256(salt, data), written when the payload is erased
  hash    BLOB NOT NULL
);
CREATE INDEX event_account ON event (account) WHERE account IS NOT NULL;
-- Few events each, so that they cost the others nothing: texts of nobody known, erasures, imports.
CREATE INDEX event_stranger ON event (message) WHERE account IS NULL AND message IS NOT NULL;
CREATE INDEX event_erasure ON event (account) WHERE kind IN ('erased', 'purged');
CREATE INDEX event_import ON event (at) WHERE kind = 'import';

-- Heads of the chain that somebody outside was told: what they prove is held against the chain.
CREATE TABLE head (
  id      INTEGER PRIMARY KEY,
  seq     INTEGER NOT NULL, -- the last event it covers
  hash    BLOB NOT NULL,    -- of that event
  at      INTEGER NOT NULL, -- when it was told
  given   TEXT NOT NULL,    -- digest | dossier
  account INTEGER           -- dossier: whose
);

-- Whoever writes one of these rows, the account is marked: a text must never miss them.
CREATE TRIGGER hold_marks AFTER INSERT ON hold
  BEGIN UPDATE account SET special = 1 WHERE id = NEW.account; END;
CREATE TRIGGER promise_marks AFTER INSERT ON promise
  BEGIN UPDATE account SET special = 1 WHERE id = NEW.account; END;
CREATE TRIGGER skip_marks AFTER INSERT ON skip
  BEGIN UPDATE account SET special = 1 WHERE id = NEW.account; END;
CREATE TRIGGER task_marks AFTER INSERT ON task
  BEGIN UPDATE account SET special = 1 WHERE id = NEW.account; END;
CREATE TRIGGER call_marks AFTER INSERT ON call WHEN NEW.account IS NOT NULL
  BEGIN UPDATE account SET special = 1 WHERE id = NEW.account; END;
CREATE TRIGGER contact_marks AFTER INSERT ON contact
  BEGIN UPDATE account SET special = 1 WHERE id = NEW.account; END;
CREATE TRIGGER optout_marks AFTER INSERT ON optout WHEN NEW.key LIKE 'a%'
  BEGIN UPDATE account SET special = 1 WHERE id = CAST(substr(NEW.key, 2) AS INTEGER); END;
