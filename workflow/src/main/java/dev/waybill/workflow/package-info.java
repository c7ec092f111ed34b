/** What {@code workflow/} says: which jobs there are, and in which states they run. */
package dev.waybill.workflow;
