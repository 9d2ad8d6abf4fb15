#include "cli/refusal.hpp"

namespace postern::cli {
namespace {

std::string reason_of(const domain::Error& error) {
  using domain::Errc;
  switch (error.code) {
    case Errc::InvalidInput:
      return error.field + " is not acceptable (" + error.reason + ")";
    case Errc::Taken:
      return error.field + " is in use already";
    case Errc::NotFound:
      return "there is none";
    case Errc::NotPermitted:
      return "not permitted";
    case Errc::NotEnabled:
      return "it has no second factor";
    case Errc::LastAdmin:
      return "it is the last active administrator; make another first";
    case Errc::InUse:
      return "it is in use, or came with Postern";
    case Errc::Busy:
      return "all hashing slots are taken; try again";
    case Errc::TooManyAttempts:
      return "a limit is used up";
    default:
      return domain::name_of(error.code);
  }
}

}  // namespace

CommandError refusal(const std::string& what, const domain::Error& error) {
  return {kRefused, what + ": " + reason_of(error)};
}

}  // namespace postern::cli
