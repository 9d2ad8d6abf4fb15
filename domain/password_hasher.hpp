#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "domain/result.hpp"
#include "domain/secret.hpp"
#include "domain/settings.hpp"

namespace postern::domain {

/// Places for concurrent hashes, shared by all workers of this machine: each hash costs its memory,
/// so their number is the memory budget (rule R9). A slot holds its owner's pid; the slot of a dead
/// process is taken over, so that a killed worker leaves nothing locked.
class HashSlots {
 public:
  using Slot = std::atomic<std::int32_t>;
  /// `slots` lies in memory shared by all workers (zeroed at first), or in a test's own.
  explicit HashSlots(std::span<Slot> slots) : slots_(slots) {}

  /// The index of a slot that now belongs to this process, or -1.
  [[nodiscard]] int try_acquire();
  void release(int index);

 private:
  std::span<Slot> slots_;
};

/// What a password has to hold by itself, which decides how long it must be.
enum class PasswordUse {
  Alone,             ///< it logs in alone: min_length
  WithSecondFactor,  ///< a second factor is asked for besides: min_length_with_mfa
};

/// Argon2id as PHC strings (libsodium). One instance per worker, all with the same parameters.
class PasswordHasher {
 public:
  PasswordHasher(const PasswordSettings& settings, HashSlots slots);

  /// Busy when no slot comes free within the configured wait.
  [[nodiscard]] Result<std::string> hash(const Secret& password);

  struct Verdict {
    bool matches;
    bool needs_rehash;  ///< made with other parameters than today's
  };
  /// Always computes exactly one hash: for an empty `stored` it verifies against a fixed hash of
  /// today's parameters and answers that nothing matches (rule R8).
  [[nodiscard]] Result<Verdict> verify(const Secret& password, const std::string& stored);

  /// Length and commonness (NIST SP 800-63B-4, ASVS 6.2.1-6.2.9): clean text, min_length code
  /// points (min_length_with_mfa beside a second factor), max_length bytes, not one of the common
  /// ones (common_passwords.hpp). No composition rules; the secret is used as received, never cut.
  [[nodiscard]] Outcome check_acceptable(const Secret& password, std::string_view field,
                                         PasswordUse use = PasswordUse::Alone) const;

  /// Whether a password that is clean text is long enough to log in alone.
  [[nodiscard]] bool stands_alone(const Secret& password) const;

  /// How often this instance answered Busy.
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

  /// Hashes computed by this instance, for the test of rule R8.
  [[nodiscard]] std::uint64_t hashes_for_test() const { return hashes_; }

 private:
  int acquire();
  PasswordSettings settings_;
  HashSlots slots_;
  std::string dummy_;
  std::uint64_t hashes_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace postern::domain
