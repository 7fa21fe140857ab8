package options

import "time"

// Date is a day of the calendar as year-month-day: "2027-01-31". Dates order as their texts do; the
// empty Date is no day.
type Date string

// expired reports whether a last day, which may not be given, is past.
func expired(last Text, today Date) bool { return last.Given() && Date(last.Value) < today }

// ParseDate reads a date, or reports false.
func ParseDate(s string) (Date, bool) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Format(time.DateOnly) != s {
		return "", false
	}
	return Date(s), true
}
