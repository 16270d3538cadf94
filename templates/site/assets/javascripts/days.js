// @ts-check
/** Days as text, such as 2026-11-23, without hours or zones. Pure: no clock. */

/** @param {string} date @param {number} days */
export function addDays(date, days) {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}

/** 0 is Monday. @param {string} date */
export const weekdayOf = (date) => (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;

/** The Monday of its week. @param {string} date */
export const mondayOf = (date) => addDays(date, -weekdayOf(date));

/** The Monday after this week. @param {string} date */
export const nextMonday = (date) => addDays(mondayOf(date), 7);

/** Its week by ISO 8601, 1 to 53. @param {string} date */
export function weekOf(date) {
  const thursday = addDays(mondayOf(date), 3);
  const days = (Date.parse(thursday) - Date.parse(`${thursday.slice(0, 4)}-01-01`)) / 86_400_000;
  return 1 + Math.floor(days / 7);
}
