/// The secret of a session, shared by all connections that may resume it, and wiped with the last of them.
package final class SessionSecret: Sendable {
  private let secret: Secret

  package init(_ secret: consuming Secret) { self.secret = secret }

  package var count: Int { secret.count }

  package func withSpan<R: ~Copyable, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    try secret.withSpan(body)
  }
}
