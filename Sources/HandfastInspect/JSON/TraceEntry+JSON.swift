import Handfast
import HandfastCore
import HandfastWire

extension TraceEntry {
  var json: JSONValue {
    var object: [String: JSONValue] = [
      "connection": .int(connection), "order": .int(order), "side": .string(side.rawValue),
      "time": .string(TraceTime.text(time)),
    ]
    let (name, content) = event.json
    object["event"] = .string(name)
    object.merge(content) { old, _ in old }
    if let diagnosis { object["diagnosis"] = diagnosis.json }
    return .object(object)
  }

  init(json object: JSONObject) throws(TraceFormatError) {
    let stamp = try object.string("time")
    guard let time = TraceTime.nanoseconds(stamp) else { throw .unknownValue(key: "time", value: stamp) }
    self.init(
      side: try object.raw("side"), connection: try object.int("connection"), time: time,
      order: try object.int("order"),
      event: try TLSEvent(json: object),
      diagnosis: object.has("diagnosis") ? try Diagnosis(json: try object.object("diagnosis")) : nil)
  }
}

extension TLSEvent {
  /// The event's name, and what stands beside it.
  fileprivate var json: (name: String, content: [String: JSONValue]) {
    switch self {
    case .sent(let fact): ("sent", ["message": fact.json])
    case .received(let fact): ("received", ["message": fact.json])
    case .sentChangeCipherSpec: ("sentChangeCipherSpec", [:])
    case .receivedChangeCipherSpec: ("receivedChangeCipherSpec", [:])
    case .sentAlert(let fact): ("sentAlert", ["alert": fact.json])
    case .receivedAlert(let fact): ("receivedAlert", ["alert": fact.json])
    case .chose(let choice): ("chose", ["choice": choice.json])
    case .ignored(let what): ("ignored", ["what": .string(what)])
    case .peerJudged(let fact): ("peerJudged", ["judgement": fact.json])
    case .signed(let fact): ("signed", ["signature": fact.json])
    case .verifiedSignature(let fact): ("verifiedSignature", ["signature": fact.json])
    case .derivedSecret(let fact): ("derivedSecret", ["secret": fact.json])
    case .changedKeys(let fact): ("changedKeys", ["keys": fact.json])
    case .computedFinished(let fact): ("computedFinished", ["finished": fact.json])
    case .verifiedFinished(let fact): ("verifiedFinished", ["finished": fact.json])
    case .handshakeCompleted(let parameters): ("handshakeCompleted", ["negotiated": parameters.json])
    case .retryRequested(let fact): ("retryRequested", ["retry": fact.json])
    case .resumption(let fact): ("resumption", ["resumption": fact.json])
    case .earlyData(let fact): ("earlyData", ["earlyData": fact.json])
    case .issuedTicket(let fact): ("issuedTicket", ["ticket": fact.json])
    case .receivedTicket(let fact): ("receivedTicket", ["ticket": fact.json])
    case .confirmed(let confirmation): ("confirmed", ["by": .string(confirmation.rawValue)])
    case .sentRecord(let fact): ("sentRecord", ["record": fact.json])
    case .receivedRecord(let fact): ("receivedRecord", ["record": fact.json])
    case .sealedRecord(let fact): ("sealedRecord", ["record": fact.json])
    case .openedRecord(let fact): ("openedRecord", ["record": fact.json])
    case .peerClosed(let isTruncated): ("peerClosed", ["isTruncated": .bool(isTruncated)])
    case .failed(let fact): ("failed", ["failure": fact.json])
    }
  }

  fileprivate init(json object: JSONObject) throws(TraceFormatError) {
    let name = try object.string("event")
    switch name {
    case "sent": self = .sent(try MessageFact(json: try object.object("message")))
    case "received": self = .received(try MessageFact(json: try object.object("message")))
    case "sentChangeCipherSpec": self = .sentChangeCipherSpec
    case "receivedChangeCipherSpec": self = .receivedChangeCipherSpec
    case "sentAlert": self = .sentAlert(try AlertFact(json: try object.object("alert")))
    case "receivedAlert": self = .receivedAlert(try AlertFact(json: try object.object("alert")))
    case "chose": self = .chose(try Choice(json: try object.object("choice")))
    case "ignored": self = .ignored(try object.string("what"))
    case "peerJudged": self = .peerJudged(try JudgementFact(json: try object.object("judgement")))
    case "signed": self = .signed(try SignatureFact(json: try object.object("signature")))
    case "verifiedSignature": self = .verifiedSignature(try SignatureFact(json: try object.object("signature")))
    case "derivedSecret": self = .derivedSecret(try DerivationFact(json: try object.object("secret")))
    case "changedKeys": self = .changedKeys(try KeyChangeFact(json: try object.object("keys")))
    case "computedFinished": self = .computedFinished(try FinishedFact(json: try object.object("finished")))
    case "verifiedFinished": self = .verifiedFinished(try FinishedFact(json: try object.object("finished")))
    case "handshakeCompleted":
      self = .handshakeCompleted(try NegotiatedParameters(json: try object.object("negotiated")))
    case "retryRequested": self = .retryRequested(try RetryFact(json: try object.object("retry")))
    case "resumption": self = .resumption(try ResumptionFact(json: try object.object("resumption")))
    case "earlyData": self = .earlyData(try EarlyDataFact(json: try object.object("earlyData")))
    case "issuedTicket": self = .issuedTicket(try TicketFact(json: try object.object("ticket")))
    case "receivedTicket": self = .receivedTicket(try TicketFact(json: try object.object("ticket")))
    case "confirmed": self = .confirmed(by: try object.raw("by"))
    case "sentRecord": self = .sentRecord(try PlainRecordFact(json: try object.object("record")))
    case "receivedRecord": self = .receivedRecord(try PlainRecordFact(json: try object.object("record")))
    case "sealedRecord": self = .sealedRecord(try RecordFact(json: try object.object("record")))
    case "openedRecord": self = .openedRecord(try RecordFact(json: try object.object("record")))
    case "peerClosed": self = .peerClosed(isTruncated: try object.bool("isTruncated"))
    case "failed": self = .failed(try FailureFact(json: try object.object("failure")))
    default: throw .unknownValue(key: "event", value: name)
    }
  }
}
