import SwiftASN1

/// Seconds since 1970-01-01T00:00:00Z, and the calendar around them (proleptic Gregorian, no leap seconds).
enum UnixTime {
  /// "2026-11-23 08:30:00Z".
  static func text(_ seconds: Int64) -> String {
    let days = seconds.flooredQuotient(by: 86_400)
    let clock = seconds - days * 86_400
    let (year, month, day) = civil(fromDays: days)
    return "\(year)-\(padded(month))-\(padded(day)) "
      + "\(padded(clock / 3600)):\(padded(clock / 60 % 60)):\(padded(clock % 60))Z"
  }

  /// Of a Time (RFC 5280 §4.1.2.5): UTCTime or GeneralizedTime.
  static func seconds(_ node: ASN1Node) throws -> Int64 {
    node.identifier == .utcTime
      ? seconds(try UTCTime(derEncoded: node)) : seconds(try GeneralizedTime(derEncoded: node))
  }

  /// The same, where a walker has come to it.
  static func seconds(_ walker: inout DERWalker) throws -> Int64 {
    let element = try walker.next()
    let text = walker.bytes[element.content]
    if element.tag == DERTag.utcTime, text.count == 13, let year = twoDigits(text),
      let seconds = plain(text.dropFirst(2), year < 50 ? 2000 + year : 1900 + year)
    {
      return seconds
    }
    if element.tag == DERTag.generalizedTime, text.count == 15, let century = twoDigits(text),
      let year = twoDigits(text.dropFirst(2)), let seconds = plain(text.dropFirst(4), 100 * century + year)
    {
      return seconds
    }
    return try seconds(try walker.node(element))
  }

  /// "MMDDhhmmssZ" after the year, as RFC 5280 §4.1.2.5 wants it; nil: swift-asn1 is to look at it, as it does at the last days of a
  /// month.
  private static func plain(_ text: ArraySlice<UInt8>, _ year: Int) -> Int64? {
    guard text.last == UInt8(ascii: "Z"), let month = twoDigits(text), let day = twoDigits(text.dropFirst(2)),
      let hour = twoDigits(text.dropFirst(4)), let minute = twoDigits(text.dropFirst(6)),
      let second = twoDigits(text.dropFirst(8)), (1...12).contains(month),
      (1...28).contains(day) || (29...30).contains(day) && month != 2,
      hour < 24, minute < 60, second < 60
    else { return nil }
    return seconds(year, month, day, hour, minute, second)
  }

  private static func twoDigits(_ text: ArraySlice<UInt8>) -> Int? {
    let (tens, ones) = (text[text.startIndex] &- 0x30, text[text.startIndex + 1] &- 0x30)
    return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : nil
  }

  static func seconds(_ time: GeneralizedTime) -> Int64 {
    seconds(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
  }

  static func seconds(_ time: UTCTime) -> Int64 {
    seconds(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
  }

  /// For writing certificates and what is said about them.
  static func utcTime(_ seconds: Int64) throws -> UTCTime {
    let (year, month, day, hour, minute, second) = components(seconds)
    return try UTCTime(year: year, month: month, day: day, hours: hour, minutes: minute, seconds: second)
  }

  static func generalizedTime(_ seconds: Int64) throws -> GeneralizedTime {
    let (year, month, day, hour, minute, second) = components(seconds)
    return try GeneralizedTime(
      year: year, month: month, day: day, hours: hour, minutes: minute, seconds: second, fractionalSeconds: 0)
  }

  private static func components(_ seconds: Int64) -> (Int, Int, Int, Int, Int, Int) {
    let days = seconds.flooredQuotient(by: 86_400)
    let clock = seconds - days * 86_400
    let (year, month, day) = civil(fromDays: days)
    return (Int(year), Int(month), Int(day), Int(clock / 3600), Int(clock / 60 % 60), Int(clock % 60))
  }

  private static func seconds(_ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int) -> Int64
  {
    days(Int64(year), Int64(month), Int64(day)) * 86_400 + Int64(hour) * 3600 + Int64(minute) * 60 + Int64(second)
  }

  /// Counts in years that begin in March, so that the leap day comes last, and in eras of 400 years, which all have as many
  /// days.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month > 2 ? year : year - 1
    let era = shifted.flooredQuotient(by: 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = shifted.flooredQuotient(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  private static func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension Int64 {
  fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
