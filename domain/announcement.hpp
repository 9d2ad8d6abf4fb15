#pragma once

#include <vector>

#include "domain/revoked_subject.hpp"
#include "domain/services.hpp"

namespace postern::domain {

/// What one transaction revokes, and how the world hears of it (rule R6). As the transaction's last
/// statement it advances postern.revocation_clock, writes the journal and, where machines LISTEN,
/// notifies them: all of it holds with the commit, and none of it without. After the commit, or
/// when nobody knows whether there was one, it voids what this machine's cache holds of it, before
/// anybody is answered.
///
/// The clock's row stays locked until the commit, so that numbers have the order of the commits and
/// a reader of n has missed nothing up to n. Being taken last, by one statement, it closes no
/// circle with other locks: who has it waits for nobody but the commit. Revoking transactions so
/// commit one after the other, as NOTIFY makes them do anyway.
class Announcement final : public CommitStep {
 public:
  explicit Announcement(Services& services) : services_(services) {}

  /// The transaction's own, made at the first note.
  static Announcement& of(Transaction& tx, Services& services);

  /// The same subject twice counts once; `everything`, or more than kMostSubjects, stands for all.
  void note(const RevokedSubject& subject);
  [[nodiscard]] const std::vector<RevokedSubject>& subjects() const { return subjects_; }

  void before_commit(Executor& executor) override;
  void after_commit() noexcept override;

 private:
  Services& services_;
  std::vector<RevokedSubject> subjects_;
};

}  // namespace postern::domain
