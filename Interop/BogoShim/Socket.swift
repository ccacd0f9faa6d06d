#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A TCP connection to the runner. It blocks.
struct Socket: ~Copyable {
  private let descriptor: Int32

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  init(port: UInt16, usesIPv6: Bool) throws {
    #if canImport(Glibc)
      let stream = Int32(SOCK_STREAM.rawValue)
    #else
      let stream = SOCK_STREAM
    #endif
    descriptor = socket(usesIPv6 ? AF_INET6 : AF_INET, stream, 0)
    guard descriptor >= 0 else { throw Failure(description: "no socket") }
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    var status: Int32
    if usesIPv6 {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      inet_pton(AF_INET6, "::1", &address.sin6_addr)
      status = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
        }
      }
    } else {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
      status = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    }
    guard status == 0 else {
      close(descriptor)
      throw Failure(description: "the runner does not listen on port \(port)")
    }
  }

  /// Writes as much as the runner takes. One that has hung up is told of by what it has written.
  func write(_ bytes: [UInt8]) {
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        send(descriptor, buffer.baseAddress.map { $0 + start }, buffer.count - start, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      start += count
    }
  }

  /// Appends what has come, at most `limit` bytes; false at the end.
  func read(into bytes: inout [UInt8], limit: Int) -> Bool {
    let part = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      count = max(recv(descriptor, buffer.baseAddress, limit, 0), 0)
    }
    bytes += part
    return !part.isEmpty
  }

  /// Says that nothing more comes, and reads the rest: otherwise the runner might lose what was written last.
  func finish() {
    shutdown(descriptor, Int32(SHUT_WR))
    var rest: [UInt8] = []
    while read(into: &rest, limit: 4096) { rest = [] }
  }

  deinit { close(descriptor) }
}
