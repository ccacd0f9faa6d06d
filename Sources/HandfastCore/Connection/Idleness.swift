/// Bounds what a peer can send without moving anything forward: empty records, warning alerts, requests to renegotiate.
package struct Idleness {
  private let limit: Int
  private var count = 0

  package init(limit: Int) { self.limit = limit }

  package mutating func spend() throws(TLSError) {
    count += 1
    guard count <= limit else { throw .recordsWithoutProgress(limit: limit) }
  }

  package mutating func reset() { count = 0 }
}
