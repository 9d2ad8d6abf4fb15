#include "domain/revocation_listener.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "domain/bytes.hpp"
#include "domain/pause.hpp"

namespace postern::domain {
namespace {

constexpr std::chrono::milliseconds kShortestBeat{50};
constexpr std::size_t kMostFences = 64;  // answered at once; whoever is left out waits the limit

constexpr Statement kListen{"listen_revocations", R"sql(listen postern_revocation)sql"};

constexpr Statement kReadClock{"read_revocation_clock", R"sql(
  select n from postern.revocation_clock
)sql"};

/// Reads and speaks in one transaction: what it reads was committed before what it says.
constexpr Statement kBeat{"beat", R"sql(
  select n, pg_notify('postern_revocation', 'beat ' || $1) from postern.revocation_clock
)sql"};

constexpr Statement kAnswerFences{"answer_fences", R"sql(
  select pg_notify('postern_fence', id) from unnest($1::text[]) as id
)sql"};

std::int64_t number_of(const Rows& rows) {
  if (rows.size() != 1) throw DatabaseError("postern.revocation_clock has not one row");
  return rows.front().integer(0);
}

std::string random_id(Random& random) {
  std::array<std::uint8_t, 12> bytes{};
  random.fill(bytes);
  return hex_encode(bytes);
}

Database::Options named(Database::Options where) {
  where.application_name = RevocationListener::kApplicationName;
  return where;
}

}  // namespace

RevocationListener::RevocationListener(const Database::Options& where,
                                       const CacheSettings& settings, const Clock& clock,
                                       Random& random, CredentialCache& cache)
    : where_(named(where)),
      stale_limit_(settings.stale_limit),
      patience_(std::min(where.statement_timeout, settings.stale_limit)),
      beat_interval_(std::max(settings.stale_limit / 10, kShortestBeat)),
      clock_(clock),
      cache_(cache),
      state_(settings, clock, cache),
      instance_(random_id(random)) {}

WatchReport RevocationListener::run_once(std::chrono::milliseconds wait) {
  WatchReport report;
  if (!channel_) {
    const auto quiet = state_.until_next_attempt();
    if (quiet.count() > 0) pause(std::min(quiet, wait));
    if (state_.until_next_attempt().count() > 0) return report;
  }
  try {
    if (!channel_) connect();
    listen(wait, report);
  } catch (const std::exception& error) {
    channel_.reset();
    state_.failed(error.what(), report);
  }
  return report;
}

/// Listening comes before the look at the clock, and both before everything is made void: what is
/// believed from then on was read from the database while we listened.
void RevocationListener::connect() {
  auto channel = std::make_unique<NotificationChannel>(where_);
  channel->ask(kListen, {}, clock_, patience_);
  first_heard_ = number_of(channel->ask(kReadClock, {}, clock_, patience_));
  last_heard_ = first_heard_;
  counted_ = first_heard_;
  cache_.void_all();
  channel_ = std::move(channel);
  beat_.reset();
  fences_.clear();
  under_way_ = UnderWay::Nothing;
  next_beat_ = clock_.uptime();
}

void RevocationListener::listen(std::chrono::milliseconds wait, WatchReport& report) {
  say_what_is_due();
  channel_->receive(std::min(wait, until_due()));
  take_answer();
  while (const auto notification = channel_->take_notification())
    hear(notification->payload, report);
  judge_beat(report);
  say_what_is_due();
  if (beat_ && clock_.uptime() - beat_->sent >= stale_limit_) {
    throw DatabaseUnavailable(beat_->clock ? "its own notifications do not come back"
                                           : "no answer to beat");
  }
}

void RevocationListener::say_what_is_due() {
  if (channel_->busy()) return;
  if (!fences_.empty()) {
    channel_->send(kAnswerFences, {fences_});
    fences_.clear();
    under_way_ = UnderWay::FenceAnswers;
  } else if (!beat_ && clock_.uptime() >= next_beat_) {
    const auto now = clock_.uptime();
    beat_ = Beat{instance_ + "." + std::to_string(++beats_), now, {}, {}};
    next_beat_ = now + beat_interval_;
    channel_->send(kBeat, {beat_->id});
    under_way_ = UnderWay::Beat;
  }
}

std::chrono::milliseconds RevocationListener::until_due() const {
  const auto due = beat_ ? beat_->sent + stale_limit_ : next_beat_;
  return std::max(std::chrono::milliseconds(0), due - clock_.uptime());
}

void RevocationListener::take_answer() {
  const auto answer = channel_->take_answer();
  if (!answer) return;
  const auto was = std::exchange(under_way_, UnderWay::Nothing);
  if (was == UnderWay::Beat && beat_) beat_->clock = number_of(*answer);
}

void RevocationListener::hear(const std::string& payload, WatchReport& report) {
  const auto message = parse_message(payload);
  if (!message) {
    doubt("a notification that is none of ours", report);
  } else if (const auto* notice = std::get_if<RevocationNotice>(&*message)) {
    hear_revocation(*notice, report);
  } else if (const auto* fence = std::get_if<FenceNotice>(&*message)) {
    if (fences_.size() < kMostFences) fences_.push_back(fence->id);
  } else if (beat_ && std::get<BeatNotice>(*message).id == beat_->id) {
    beat_->heard_till = last_heard_;
  }
}

void RevocationListener::hear_revocation(const RevocationNotice& notice, WatchReport& report) {
  for (const auto& subject : notice.subjects) make_void(cache_, subject);
  report.applied += static_cast<std::int64_t>(notice.subjects.size());
  // Committed between LISTEN and the look at the clock: counted already.
  if (notice.n <= first_heard_) return;
  if (notice.n != last_heard_ + 1) doubt("revocations out of order", report);
  last_heard_ = notice.n;
}

/// A beat that was heard and answered: whatever the clock had counted must have been heard before.
void RevocationListener::judge_beat(WatchReport& report) {
  if (!beat_ || !beat_->clock || !beat_->heard_till) return;
  if (*beat_->clock > *beat_->heard_till) {
    doubt("a revocation that was not notified", report);
    last_heard_ = std::max(last_heard_, *beat_->clock);
  } else if (*beat_->clock < counted_) {
    // What was heard by the last beat must be counted by now: those numbers were nobody's.
    doubt("revocations that the clock does not know", report);
    last_heard_ = *beat_->clock;
  }
  counted_ = last_heard_;
  state_.heard(beat_->sent, report);
  beat_.reset();
}

void RevocationListener::doubt(const std::string& why, WatchReport& report) {
  cache_.void_all();
  report.missed = why;
}

}  // namespace postern::domain
