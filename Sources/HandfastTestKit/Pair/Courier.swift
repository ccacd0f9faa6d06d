package import HandfastCore
import HandfastWire

/// Everything one side had to say at one time, on its way to the other.
package struct Flight {
  package let sender: Side
  /// How many flights this side has sent before.
  package let index: Int
  package var bytes: [UInt8]

  package init(sender: Side, index: Int, bytes: [UInt8]) {
    self.sender = sender
    self.index = index
    self.bytes = bytes
  }

  /// The flight as records; what is no whole record at its end stays as it is.
  package var records: [WireRecord] {
    get { WireRecord.parse(bytes).records }
    set {
      let rest = WireRecord.parse(bytes).rest
      bytes = newValue.flatMap(\.bytes) + rest
    }
  }

  /// Puts other messages in the place of each handshake message in clear, one record for each. Records behind a
  /// ChangeCipherSpec are left alone.
  package mutating func replaceMessages(_ change: (WireMessage) -> [WireMessage]) {
    var changed: [WireRecord] = []
    var pending: [UInt8] = []
    var isClear = true
    for record in records {
      if record.type == .changeCipherSpec { isClear = false }
      guard isClear, record.type == .handshake else {
        changed.append(record)
        continue
      }
      let (messages, rest) = WireMessage.parse(pending + record.fragment)
      pending = rest
      for message in messages.flatMap(change) { changed.append(WireRecord(.handshake, message.bytes)) }
    }
    records = changed
  }

  /// Cuts the handshake messages in clear into records of at most `size` bytes.
  package mutating func refragment(_ size: Int) {
    var isClear = true
    records = records.flatMap { record -> [WireRecord] in
      if record.type == .changeCipherSpec { isClear = false }
      guard isClear, record.type == .handshake else { return [record] }
      return stride(from: 0, to: record.fragment.count, by: size).map { start in
        let end = min(start + size, record.fragment.count)
        return WireRecord(record.type, Array(record.fragment[start..<end]), version: record.version)
      }
    }
  }
}

/// In which pieces bytes arrive.
package enum Chunking {
  case whole
  case every(Int)
  /// Two pieces: the flight of this side and index is cut there; others come whole.
  case split(Side, flight: Int, at: Int)

  func pieces(of flight: Flight) -> [[UInt8]] {
    switch self {
    case .whole: return [flight.bytes]
    case .every(let size):
      return stride(from: 0, to: flight.bytes.count, by: size).map {
        Array(flight.bytes[$0..<min($0 + size, flight.bytes.count)])
      }
    case .split(let side, let index, let position):
      guard side == flight.sender, index == flight.index, flight.bytes.indices.contains(position) else {
        return [flight.bytes]
      }
      return [Array(flight.bytes[..<position]), Array(flight.bytes[position...])]
    }
  }
}
