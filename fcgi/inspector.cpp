#include "fcgi/inspector.hpp"

#include <algorithm>
#include <charconv>

#include "fcgi/param_rules.hpp"
#include "fcgi/record.hpp"

namespace postern::fcgi {
namespace {

constexpr std::size_t kBeginContent = 8;
constexpr unsigned kResponder = 1;
constexpr unsigned kAuthorizer = 2;

}  // namespace

bool Inspector::stop(Verdict verdict, int status) {
  seen_.verdict = verdict;
  seen_.status = status;
  return false;
}

const Inspection& Inspector::inspect(std::string_view bytes) {
  seen_.params.clear();
  seen_ = Inspection{.params = std::move(seen_.params)};
  rest_ = bytes;
  params_.clear();
  if (!read_begin() || !read_params()) return seen_;
  judge_params();
  if (seen_.verdict != Verdict::More || !find_body_size()) return seen_;
  read_body();
  return seen_;
}

bool Inspector::read_begin() {
  const auto header = read_header(rest_);
  if (!header) return stop(Verdict::More);
  const bool is_begin = header->is(RecordType::BeginRequest, header->request_id) &&
                        header->request_id != 0 && header->content_length == kBeginContent &&
                        header->padding_length == 0;
  if (!is_begin) return stop(Verdict::Drop);
  if (rest_.size() < header->size()) return stop(Verdict::More);
  const std::string_view content = rest_.substr(kRecordHeader, kBeginContent);
  const unsigned role = static_cast<unsigned>(static_cast<unsigned char>(content[0])) << 8 |
                        static_cast<unsigned char>(content[1]);
  if (role != kResponder && role != kAuthorizer) return stop(Verdict::Drop);
  seen_.request_id = header->request_id;
  seen_.role = role == kAuthorizer ? Role::Authorizer : Role::Responder;
  rest_.remove_prefix(header->size());
  return true;
}

bool Inspector::read_params() {
  // Lengths of names and values take at most 8 bytes a pair.
  const std::size_t max_stream = limits_.params + 8 * (limits_.param_count + 1);
  while (true) {
    const auto header = read_header(rest_);
    if (!header) return parse_pairs(false) && stop(Verdict::More);
    if (!header->is(RecordType::Params, seen_.request_id)) return stop(Verdict::Drop);
    if (header->content_length == 0) {
      if (header->padding_length != 0) return stop(Verdict::Drop);
      rest_.remove_prefix(kRecordHeader);
      seen_.has_all_params = true;
      return parse_pairs(true);
    }
    params_.append(rest_.substr(kRecordHeader, header->content_length));
    if (params_.size() > max_stream) {
      parse_pairs(false);
      return stop(Verdict::Refuse, 431);
    }
    if (rest_.size() < header->size()) return parse_pairs(false) && stop(Verdict::More);
    rest_.remove_prefix(header->size());
  }
}

/// Fills seen_.params. A length that cannot be is refused before what it announces has come.
bool Inspector::parse_pairs(bool complete) {
  std::string_view stream = params_;
  std::size_t total = 0;
  seen_.params.clear();
  while (!stream.empty()) {
    const auto name = take_length(stream);
    const auto value = name ? take_length(stream) : std::nullopt;
    if (!value) return complete ? stop(Verdict::Refuse, 400) : true;
    total += std::size_t{*name} + *value;
    if (*name > limits_.param || *value > limits_.param || total > limits_.params ||
        seen_.params.size() == limits_.param_count) {
      return stop(Verdict::Refuse, 431);
    }
    if (stream.size() < std::size_t{*name} + *value) {
      return complete ? stop(Verdict::Refuse, 400) : true;
    }
    seen_.params.emplace_back(stream.substr(0, *name), stream.substr(*name, *value));
    stream.remove_prefix(std::size_t{*name} + *value);
  }
  return true;
}

void Inspector::judge_params() {
  for (std::size_t i = 0; i < seen_.params.size(); ++i) {
    const auto& [name, value] = seen_.params[i];
    if (!is_sound_name(name) || !is_sound_value(value)) {
      stop(Verdict::Refuse, 400);
      return;
    }
    for (std::size_t earlier = 0; earlier < i; ++earlier) {
      if (same_param(name, seen_.params[earlier].first) && !may_repeat(name)) {
        stop(Verdict::Refuse, 400);
        return;
      }
    }
  }
}

/// False when nothing more is to be read, with the verdict made.
bool Inspector::find_body_size() {
  if (seen_.role == Role::Authorizer || door_ == Door::Gate) {
    seen_.input_ended = only_end_of_input_is_left();
    return stop(Verdict::Whole);
  }
  for (const auto& [name, value] : seen_.params) {
    if (name != "CONTENT_LENGTH" || value.empty()) continue;
    if (!std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      return stop(Verdict::Refuse, 400);
    }
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (error != std::errc{} || length > limits_.body) return stop(Verdict::Refuse, 413);
    seen_.body_size = length;
  }
  return true;
}

bool Inspector::only_end_of_input_is_left() const {
  const auto header = read_header(rest_);
  return header && header->is(RecordType::Stdin, seen_.request_id) && header->content_length == 0 &&
         rest_.size() == header->size();
}

void Inspector::read_body() {
  std::size_t total = 0;
  while (true) {
    const auto header = read_header(rest_);
    if (!header) {
      stop(Verdict::More);
      return;
    }
    if (!header->is(RecordType::Stdin, seen_.request_id)) {
      stop(Verdict::Drop);
      return;
    }
    total += header->content_length;
    if (total > seen_.body_size || (header->content_length == 0 && total != seen_.body_size)) {
      stop(Verdict::Refuse, 400);
      return;
    }
    if (rest_.size() < header->size()) {
      stop(Verdict::More);
      return;
    }
    rest_.remove_prefix(header->size());
    if (header->content_length == 0) {
      stop(Verdict::Whole);
      return;
    }
  }
}

}  // namespace postern::fcgi
