/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protocol of docs/ledger.md, and who keeps it. An option of a `do` is one
 * message that an actor handles, or one step of disk or network; between any
 * two of them the process may be killed or the power cut. An answer that only
 * its asker can see is handled in the step that gives it.
 *
 * check.py searches all interleavings, of the model as it stands and with each
 * mistake planted by -DMISTAKE=name.
 */
#define CALLS 2
#define ATTEMPTS 3
#define CRASHES 2
#define DISK_FAULTS 1

/* What an implementation could get wrong, and the invariant that breaks. */
mtype:mistake = {
  none,
  send_before_commit,        /* breaks no_unaudited_send */
  synchronous_off,           /* breaks no_unaudited_send */
  reply_before_outcome,      /* breaks no_unaudited_reply */
  recovery_keeps_a_list,     /* breaks one_outcome */
  recovery_closes_nothing,   /* breaks every_intent_closed */
  resend_after_recovery,     /* breaks nothing_sent_again */
  bill_in_memory,            /* breaks billed_once */
  bill_whatever_succeeds,    /* breaks byollm_is_free */
  fallback_keeps_class,      /* breaks class_of_key */
  class_from_config,         /* breaks class_of_outcome */
  acknowledge_before_revoke, /* breaks no_lease_after_revoke */
  revoke_only_current,       /* breaks no_lease_after_revoke */
  start_without_sync,        /* breaks no_lease_after_revoke */
  ticket_is_copied,          /* breaks redeemed_once */
  refusal_is_swallowed,      /* breaks settled */
  vault_opens_revoked        /* breaks no_use_after_revoke */
};
#ifndef MISTAKE
#define MISTAKE none
#endif
#define wrong(name) (MISTAKE == name)

/* Each is true wherever the search goes on: the names are for messages. */
bool no_unaudited_send = true;     /* upstream has it: its intent is durable */
bool no_unaudited_reply = true;    /* final reply: its outcome is durable */
bool one_outcome = true;           /* no intent gets a second one */
bool every_intent_closed = true;   /* by recovery at the latest */
bool nothing_sent_again = true;    /* a crash ends what was under way */
bool billed_once = true;           /* an attempt, at most */
bool byollm_is_free = true;        /* nobody pays us for their own key */
bool class_of_key = true;          /* the intent's class is its key's */
bool class_of_outcome = true;      /* the outcome's class is its intent's */
bool no_lease_after_revoke = true; /* from the acknowledgement on */
bool no_use_after_revoke = true;   /* nor opened, whatever was leased */
bool redeemed_once = true;         /* a ticket, at most */
bool settled = true;               /* nobody waits for ever */

inline holds(invariant, condition) {
  invariant = ((condition) != 0);
  assert(invariant)
}

/* -- sets of records ------------------------------------------------------- */

/* An attempt of a call is one bit; so is each record about it. */
#define N (CALLS * ATTEMPTS)
#define ALL ((1 << N) - 1)
#define THIS(c) (1 << (ATTEMPTS * (c) + attempt[c]))
#define INTENT(which) (which)
#define OUTCOME(which) ((which) << N)
#define BILL(which) ((which) << (2 * N))
#define intents(records) ((records) & ALL)
#define outcomes(records) (((records) >> N) & ALL)
#define bills(records) (((records) >> (2 * N)) & ALL)
/* Rows of the user's configuration: the key was replaced, was deleted. */
#define REPLACED (1 << (3 * N))
#define REMOVED (2 << (3 * N))

/* -- what a crash leaves --------------------------------------------------- */

int disk; /* what a power cut leaves */
int file; /* what a reader sees: the disk, and the page cache on top */

/* What intents and outcomes say of who pays; forgotten once the outcome is
 * durable, since nobody looks at it again. */
byte platform_intent;
byte platform_outcome;

byte crashes;
byte disk_faults;
bool removal_told; /* the user knows that the key is gone */
byte account;      /* bill_in_memory: what was charged */

/* -- what it does not ------------------------------------------------------ */

mtype:start = { down, closing, ready };
mtype:start boot = down;
byte to_close; /* recovery's work */

/* TURN. Two calls of one turn interleave as those of two turns do. */
mtype:call_step = { fresh, intent, leasing, running, asked, recording, gone };
mtype:call_step at[CALLS] = fresh;
mtype:plan = { finish, again, fall_back };
mtype:plan then[CALLS] = finish;
byte attempt[CALLS];
byte target[CALLS];   /* whose key was pinned */
bool platform[CALLS]; /* pays */
bool redeemed[CALLS]; /* this attempt's ticket */
byte born[CALLS];     /* after how many crashes the call began */

/* LEDGER, and the store's thread. */
mtype:verdict = { nothing, yes, no };
mtype:work = { idle, batch, job };
int next;
int under_way;
int told; /* within one step only */
mtype:verdict stored = nothing;
mtype:work writer = idle;
bool unwell;

/* TENANT and AUTH GATEWAY. */
#define KEY_1 1
#define KEY_2 2
#define PLATFORM 4
#define is_platform(key) ((key) == PLATFORM)
byte own_key; /* the tenant's cache: KEY_1, KEY_2, or 0: absent */
byte revoked;
int change;
mtype:verdict saved = nothing;
bool revoking;

/* -- TURN ------------------------------------------------------------------ */

inline make_intent(c) {
  platform_intent = platform_intent | (platform[c] -> THIS(c) : 0);
  next = next | INTENT(THIS(c));
  at[c] = (wrong(send_before_commit) -> leasing : intent)
}

inline begin(c, key) {
  born[c] = crashes;
  target[c] = key;
  platform[c] = is_platform(key);
  make_intent(c)
}

inline end_call(c) {
  at[c] = gone; then[c] = finish; attempt[c] = 0; target[c] = 0;
  platform[c] = false; redeemed[c] = false; born[c] = 0
}

/* Cancelling is no step of its own: it is a reason to come here early. (At the
 * intent the caller is answered at once, but the call goes on to here.) The
 * outcome copies its class; its bill is in the same transaction. */
inline have_report(c, what_next, is_priced) {
  redeemed[c] = false;
  then[c] = what_next;
  platform_outcome = platform_outcome |
    (wrong(class_from_config) -> (own_key == 0 -> THIS(c) : 0) :
                                 (platform_intent & THIS(c)));
  next = next | OUTCOME(THIS(c)) |
    (is_priced && ((platform_outcome & THIS(c)) ||
                   wrong(bill_whatever_succeeds)) -> BILL(THIS(c)) : 0);
  at[c] = recording
}

inline next_attempt(c) {
  attempt[c]++;
  target[c] = (then[c] == fall_back -> PLATFORM : target[c]);
  platform[c] = (wrong(fallback_keeps_class) -> platform[c] :
                                                is_platform(target[c]));
  then[c] = finish;
  make_intent(c)
}

inline reply(c) {
  holds(no_unaudited_reply, outcomes(disk) & THIS(c));
  end_call(c)
}

#define turn_has(step, c) (boot == ready && at[c] == step)
/* Calls are alike: to let the second begin first would show nothing new. */
#define may_begin(c) (turn_has(fresh, c) && (c == 0 || at[0] != fresh))

proctype turn(byte c) {
end: do
  :: d_step { may_begin(c) && own_key -> begin(c, own_key) }
  /* Somebody without a key of their own. */
  :: d_step { may_begin(c) -> begin(c, PLATFORM) }
  :: d_step { wrong(reply_before_outcome) && turn_has(recording, c) ->
              reply(c) }
  od
}

/* -- LEDGER ---------------------------------------------------------------- */

/* have_receipt and recorded of the turn that waits. Without an intent there is
 * nothing to record; without an outcome the caller is told that the ledger
 * failed, and not how the call went. */
inline tell(c) {
  if
  :: (told & INTENT(THIS(c))) && at[c] == intent ->
     if
     :: stored == yes -> at[c] = leasing
     :: else -> end_call(c)
     fi
  :: (told & OUTCOME(THIS(c))) && at[c] == recording ->
     if
     :: stored == no -> end_call(c)
     :: stored == yes && then[c] == finish -> reply(c)
     :: else -> next_attempt(c)
     fi
  :: else
  fi
}

inline charge(which) {
  holds(billed_once, !(account & (which)));
  account = account | (which)
}

proctype ledger() {
end: do
  :: d_step { boot == ready && under_way == 0 && next != 0 ->
              under_way = next; next = 0 }
  /* The next batch is what came during this commit; no timer. */
  :: d_step { stored != nothing ->
              charge(bills(under_way) * wrong(bill_in_memory));
              told = (wrong(refusal_is_swallowed) && stored == no -> 0 :
                                                             under_way);
              under_way = next; next = 0;
              tell(0); tell(1); told = 0; stored = nothing }
  od
}

/* -- the store ------------------------------------------------------------- */

inline insert(records) {
  holds(one_outcome, !(outcomes(file) & outcomes(records)));
  holds(billed_once, !(bills(file) & bills(records)));
  holds(byollm_is_free, !(bills(records) & ~platform_intent));
  holds(class_of_outcome,
        !(outcomes(records) & (platform_outcome ^ platform_intent)));
  file = file | (records)
}

inline sync() {
  disk = file;
  platform_intent = platform_intent & ~outcomes(disk);
  platform_outcome = platform_outcome & ~outcomes(disk)
}

inline answer(how) {
  stored = (writer == batch -> how : stored);
  saved = (writer == job -> how : saved);
  writer = idle
}

#define is_free (boot == ready && writer == idle)
#define has_batch (is_free && under_way != 0 && stored == nothing)
#define has_job (is_free && change != 0 && saved == nothing)
#define may_fail (disk_faults < DISK_FAULTS)

proctype store() {
end: do
  /* The last frame makes a whole transaction readable; a crash before it
   * leaves nothing of it. */
  :: d_step { has_batch && !unwell ->
              insert(under_way);
              stored = (wrong(synchronous_off) -> yes : nothing);
              writer = (wrong(synchronous_off) -> idle : batch) }
  :: d_step { has_job && !unwell -> file = file | change; writer = job }
  :: d_step { writer != idle -> sync(); answer(yes) }
  /* A full disk refuses this batch; the next may find room. */
  :: d_step { has_batch && !unwell && may_fail -> disk_faults++; stored = no }
  /* An fsync fails: what reached the disk is unknown until the next start. */
  :: d_step { writer != idle && may_fail ->
              disk_faults++; unwell = true; answer(no) }
  :: d_step { has_batch && unwell -> stored = no }
  :: d_step { has_job && unwell -> saved = no }
  od
}

/* -- AUTH GATEWAY and TENANT ----------------------------------------------- */

proctype auth_gateway(byte c) {
end: do
  :: d_step { turn_has(leasing, c) && !(target[c] & revoked) ->
              holds(no_lease_after_revoke,
                    !removal_told || is_platform(target[c]));
              at[c] = running }
  /* Refused; or leased in vain, because the call was cancelled. */
  :: d_step { turn_has(leasing, c) -> have_report(c, finish, false) }
  od
}

#define may_change (boot == ready && !unwell && !change && !revoking)

proctype tenant() {
end: do
  :: d_step { may_change && !(file & (REPLACED | REMOVED)) ->
              change = REPLACED }
  :: d_step { may_change && !(file & REMOVED) -> change = REMOVED }
  /* Asked again after a crash: "you have none" is an acknowledgement, too. */
  :: d_step { may_change && (file & REMOVED) && !removal_told ->
              removal_told = true }
  :: d_step { saved == no -> change = 0; saved = nothing }
  /* Turns under way finish on the key that they pinned. */
  :: d_step { saved == yes && change == REPLACED ->
              own_key = KEY_2; change = 0; saved = nothing }
  :: d_step { saved == yes && change == REMOVED ->
              own_key = 0; revoking = true; change = 0; saved = nothing;
              removal_told = removal_told || wrong(acknowledge_before_revoke) }
  /* Only when the gateway leases it no more is the removal told. */
  :: d_step { revoking ->
              revoked = (!wrong(revoke_only_current) -> KEY_1 | KEY_2 :
                         (file & REPLACED -> KEY_2 : KEY_1));
              revoking = false; removal_told = true }
  od
}

/* -- transport and upstream ------------------------------------------------ */

/* What is in a socket arrives, even if we are killed now: sent is arrived. */
inline redeem_and_send(c) {
  holds(redeemed_once, !redeemed[c]);
  holds(no_unaudited_send, intents(disk) & THIS(c));
  holds(nothing_sent_again, born[c] == crashes);
  holds(class_of_key,
        is_platform(target[c]) == ((platform_intent & THIS(c)) != 0));
  holds(no_use_after_revoke, !removal_told || is_platform(target[c]));
  redeemed[c] = true;
  at[c] = asked
}

/* The vault looks again: a ticket may have waited for a connection. */
#define may_redeem(c) ((!redeemed[c] || wrong(ticket_is_copied)) && \
                       (!(revoked & target[c]) || wrong(vault_opens_revoked)))
#define may_try_again(c) (attempt[c] + 1 < ATTEMPTS)

proctype transport(byte c) {
end: do
  /* No way there, or cancelled on it. */
  :: d_step { turn_has(running, c) -> have_report(c, finish, false) }
  /* Who tries a ticket again, on another connection, say, gets nothing. */
  :: d_step { (turn_has(running, c) || turn_has(asked, c)) && may_redeem(c) ->
              redeem_and_send(c) }
  /* The connection broke, or was cut by a cancellation: sent = maybe. */
  :: d_step { turn_has(asked, c) -> have_report(c, finish, false) }
  :: d_step { turn_has(asked, c) && may_try_again(c) ->
              have_report(c, again, false) }
  od
}

proctype upstream(byte c) {
end: do
  :: d_step { turn_has(asked, c) -> have_report(c, finish, true) }
  /* It failed; the platform answers if the user wants it so. */
  :: d_step { turn_has(asked, c) && may_try_again(c) &&
              !is_platform(target[c]) ->
              have_report(c, fall_back, false) }
  od
}

/* -- crash and recovery ---------------------------------------------------- */

inline forget(c) {
  if
  :: at[c] == fresh
  :: wrong(resend_after_recovery) && (at[c] == running || at[c] == asked) ->
     at[c] = running; redeemed[c] = false
  :: else -> end_call(c)
  fi
}

inline crash() {
  crashes++;
  next = 0; under_way = 0; stored = nothing; writer = idle; unwell = false;
  change = 0; saved = nothing; revoking = false; revoked = 0; own_key = 0;
  to_close = (wrong(recovery_keeps_a_list) -> to_close : 0);
  forget(0); forget(1);
  boot = down
}

proctype killer() {
end: do
  /* kill -9: the page cache stays. */
  :: d_step { crashes < CRASHES && boot != down -> crash() }
  /* A power cut: it is gone. */
  :: d_step { crashes < CRASHES -> file = disk; crash() }
  od
}

inline get_ready() {
  holds(every_intent_closed, intents(file) == outcomes(file));
  /* The account was kept, what went into it was not. */
  charge(bills(file) * wrong(bill_in_memory));
  own_key = (file & REMOVED -> 0 : (file & REPLACED -> KEY_2 : KEY_1));
  to_close = 0;
  boot = ready
}

/* Before anybody can append. It makes durable what it read as well as what it
 * adds: what a killed process left in the page cache is about to be shown. */
proctype recovery() {
end: do
  :: d_step { boot == down ->
              to_close = (to_close -> to_close :
                          intents(file) & ~outcomes(file));
              to_close = (wrong(recovery_closes_nothing) -> 0 : to_close);
              platform_outcome = (platform_outcome & ~to_close) |
                                 (platform_intent & to_close);
              insert(OUTCOME(to_close)); boot = closing }
  :: d_step { boot == closing &&
              !(wrong(start_without_sync) && to_close == 0) ->
              sync(); get_ready() }
  :: d_step { boot == closing && wrong(start_without_sync) && to_close == 0 ->
              get_ready() }
  od
}

/* -- the end --------------------------------------------------------------- */

init {
  atomic {
    run turn(0); run turn(1); run ledger(); run store();
    run auth_gateway(0); run auth_gateway(1); run tenant();
    run transport(0); run transport(1); run upstream(0); run upstream(1);
    run recovery(); run killer()
  }
  /* Nothing moves any more, and no crash is left; since those may come before
   * the first call, a run without any is among these. After a disk fault an
   * intent may wait for the next start. */
  timeout ->
  d_step {
    holds(settled, boot == ready && at[0] == gone && at[1] == gone &&
                   next == 0 && under_way == 0 && !change && !revoking);
    holds(every_intent_closed,
          disk_faults > 0 || intents(disk) == outcomes(disk))
  }
}
