#include "fcgi/handover.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace postern::fcgi {
namespace {

/// One byte must travel with a descriptor; it says nothing.
struct Message {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr header{};

  Message() {
    header.msg_iov = &data;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
  }
};

}  // namespace

Handover::Handover() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::system_error(errno, std::generic_category(), "socketpair");
  }
  giving_.reset(ends[0]);
  taking_.reset(ends[1]);
}

bool give_connection(int giving_end, int connection) {
  Message message;
  cmsghdr* const rights = CMSG_FIRSTHDR(&message.header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(rights), &connection, sizeof(int));
  return sendmsg(giving_end, &message.header, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

UniqueFd take_connection(int taking_end) {
  Message message;
  if (recvmsg(taking_end, &message.header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) != 1) return {};
  const cmsghdr* const rights = CMSG_FIRSTHDR(&message.header);
  if (rights == nullptr || rights->cmsg_level != SOL_SOCKET || rights->cmsg_type != SCM_RIGHTS ||
      rights->cmsg_len != CMSG_LEN(sizeof(int))) {
    return {};
  }
  int connection = -1;
  std::memcpy(&connection, CMSG_DATA(rights), sizeof(int));
  return UniqueFd(connection);
}

}  // namespace postern::fcgi
