/// Bounds what a peer can send without moving anything forward: empty records, warning alerts, requests to renegotiate. Each kind
/// has a bound of its own.
package struct Idleness {
  package enum Kind {
    case emptyRecord
    case alert
    /// Messages that only cost: HelloRequests, tickets, KeyUpdates.
    case message
  }
  private let limit: Int
  private let alertLimit: Int
  private var emptyRecords = 0
  private var alerts = 0
  private var messages = 0

  package init(limit: Int, alertLimit: Int) {
    self.limit = limit
    self.alertLimit = alertLimit
  }

  package mutating func spend(_ kind: Kind) throws(TLSError) {
    switch kind {
    case .emptyRecord: try Self.spend(&emptyRecords, limit)
    case .alert: try Self.spend(&alerts, alertLimit)
    case .message: try Self.spend(&messages, limit)
    }
  }

  private static func spend(_ count: inout Int, _ limit: Int) throws(TLSError) {
    count += 1
    guard count <= limit else { throw .recordsWithoutProgress(limit: limit) }
  }

  package mutating func reset() { (emptyRecords, alerts, messages) = (0, 0, 0) }
}
