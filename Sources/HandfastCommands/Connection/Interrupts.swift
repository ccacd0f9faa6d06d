import Dispatch
import Foundation
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Ctrl-C and SIGTERM. The first asks for a clean end; the second ends the process there and then.
enum Interrupts {
  /// Yields once. From here on, neither ends the process by itself.
  static func requests() -> AsyncStream<Void> {
    let (requests, request) = AsyncStream.makeStream(of: Void.self)
    let count = Counter()
    for number in [SIGINT, SIGTERM] {
      // Dispatch only hears what does not end the process first.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        // The handler keeps its source alive, as long as the process lives.
        guard !source.isCancelled, count.next() == 1 else { exit(ExitStatus.interrupted.rawValue) }
        request.yield()
        request.finish()
      }
      source.resume()
    }
    return requests
  }

  private final class Counter: Sendable {
    private let value = Atomic(0)

    func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).newValue }
  }
}
